/* Signals for threads that wait: who hears of them, and how the wait goes on. */
#include "checks.h"

static pid_t kill_later(int number, double after) {
    pid_t child = fork();
    if (!child) {
        struct timespec pause = seconds(after);
        nanosleep(&pause, NULL);
        kill(getppid(), number);
        _exit(0);
    }
    return child;
}

static void gone(pid_t child) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
}

static void handled(int flags, const char *names[4]) {
    int ends[2], own = epoll_create1(0);
    struct epoll_event event;
    if (pipe(ends)) abort();
    struct pollfd one = {ends[0], POLLIN, 0};
    fd_set set;
    handle(SIGUSR1, flags);
    double since = now();
    pid_t child = kill_later(SIGUSR1, 3);
    check(names[0], poll(&one, 1, 60000) < 0 && errno == EINTR && passed(since, 3));
    gone(child);
    child = kill_later(SIGUSR1, 3);
    check(names[1], epoll_wait(own, &event, 1, -1) < 0 && errno == EINTR && passed(since, 6));
    gone(child);
    child = kill_later(SIGUSR1, 3);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    check(names[2], select(ends[0] + 1, &set, NULL, NULL, NULL) < 0 && errno == EINTR && passed(since, 9));
    gone(child);
    check(names[3], signals_seen == 3);
    close(own), close(ends[0]), close(ends[1]);
}

static void reads(void) {
    int ends[2];
    char byte;
    if (pipe(ends)) abort();
    handle(SIGUSR1, 0);
    double since = now();
    pid_t child = kill_later(SIGUSR1, 3);
    check("read is broken off", read(ends[0], &byte, 1) < 0 && errno == EINTR && passed(since, 3));
    gone(child);
    handle(SIGUSR1, SA_RESTART);
    child = kill_later(SIGUSR1, 1);
    pid_t other = fork();
    if (!other) {
        sleep(5);
        _exit(write(ends[1], "x", 1) != 1);
    }
    since = now();
    check("read is begun again", read(ends[0], &byte, 1) == 1 && signals_seen == 1 && passed(since, 5));
    gone(child), gone(other);
}

static void ignored(void) {
    signal(SIGUSR1, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    double since = now();
    pid_t child = kill_later(SIGUSR1, 3);
    struct pollfd none = {-1, 0, 0};
    check("poll goes on and keeps its deadline", poll(&none, 1, 10000) == 0 && passed(since, 10));
    gone(child);
    signal(SIGCONT, SIG_DFL);
    child = kill_later(SIGCONT, 3);
    check("sleep goes on and keeps its deadline", sleep(10) == 0 && passed(since, 20));
    gone(child);
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR2);
    handle(SIGUSR2, 0);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    child = kill_later(SIGUSR2, 1);
    check("a blocked signal waits", sleep(10) == 0 && signals_seen == 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    check("until it may come", signals_seen == 1 && passed(since, 30));
    gone(child);
}

static void masks(void) {
    sigset_t blocked, none;
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    handle(SIGUSR1, 0);
    double since = now();
    struct timespec limit = seconds(30);
    pid_t child = kill_later(SIGUSR1, 2);
    check("ppoll lets a signal in", ppoll(NULL, 0, &limit, &none) < 0 && errno == EINTR && passed(since, 2));
    check("and it was handled", signals_seen == 1);
    gone(child);
    kill(getpid(), SIGUSR1);
    check("pselect and one that waited", pselect(0, NULL, NULL, NULL, &limit, &none) < 0 && errno == EINTR);
    int own = epoll_create1(0);
    struct epoll_event event;
    child = kill_later(SIGUSR1, 4);
    since = now();
    check("epoll_pwait lets a signal in", epoll_pwait(own, &event, 1, -1, &none) < 0 && errno == EINTR && passed(since, 4));
    gone(child);
    since = now();
    child = fork();
    if (!child) {
        sleep(4);
        _exit(0);
    }
    check("the end of a child that nobody handles", ppoll(NULL, 0, &limit, &none) == 0 && passed(since, 30));
    gone(child);
    sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void waited_for(void) {
    sigset_t set;
    siginfo_t about;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    struct timespec limit = seconds(4);
    double since = now();
    check("sigtimedwait times out", sigtimedwait(&set, &about, &limit) < 0 && errno == EAGAIN && passed(since, 4));
    pid_t child = kill_later(SIGUSR1, 2);
    limit = seconds(60);
    check("sigtimedwait", sigtimedwait(&set, &about, &limit) == SIGUSR1 && about.si_pid == child && passed(since, 6));
    gone(child);
    alarm(9);
    check("sigtimedwait and an alarm", sigtimedwait(&set, &about, &limit) == SIGALRM && passed(since, 15));
    int number = 0;
    alarm(5);
    check("sigwait without a limit", sigwait(&set, &number) == 0 && number == SIGALRM && passed(since, 20));
    raise(SIGUSR1);
    limit = seconds(0);
    check("sigtimedwait at once", sigtimedwait(&set, &about, &limit) == SIGUSR1 && passed(since, 20));
}

int main(void) {
    handled(0, (const char *[]){"poll: EINTR", "epoll_wait: EINTR", "select: EINTR", "each handled"});
    handled(SA_RESTART, (const char *[]){"poll: EINTR, restart or not", "epoll_wait: EINTR, restart or not",
                                         "select: EINTR, restart or not", "each handled, restart or not"});
    reads();
    ignored();
    masks();
    waited_for();
    return 0;
}
