/* Waits for descriptors: poll, select and epoll, with time-outs and with what another thread writes. */
#include "checks.h"

static int ends[2];
static struct timespec later;

static void *write_later(void *unused) {
    (void)unused;
    nanosleep(&later, NULL);
    if (write(ends[1], "x", 1) != 1) abort();
    return NULL;
}

/* A thread that writes after some seconds. */
static pthread_t writer(double after) {
    pthread_t thread;
    later = seconds(after);
    pthread_create(&thread, NULL, write_later, NULL);
    return thread;
}

static void emptied(pthread_t thread) {
    char byte;
    pthread_join(thread, NULL);
    if (read(ends[0], &byte, 1) != 1) abort();
}

static void polls(void) {
    struct pollfd one = {ends[0], POLLIN, 77};
    double since = now();
    check("poll times out", poll(&one, 1, 2500) == 0 && one.revents == 0 && passed(since, 2.5));
    since = now();
    check("poll of nothing", poll(NULL, 0, 1000) == 0 && passed(since, 1));
    check("poll at once", poll(&one, 1, 0) == 0 && passed(since, 1));
    pthread_t thread = writer(3);
    since = now();
    check("poll for another thread", poll(&one, 1, -1) == 1 && one.revents == POLLIN && passed(since, 3));
    struct pollfd two[] = {{ends[0], POLLIN, 0}, {-1, POLLIN, 5}, {ends[1], POLLOUT, 0}, {ends[0], POLLIN, 0}};
    check("poll of several", poll(two, 4, 1000) == 3 && two[1].revents == 0 && two[2].revents == POLLOUT);
    emptied(thread);
    struct pollfd bad[] = {{ends[0], POLLIN, 0}, {999, POLLIN, 0}};
    since = now();
    check("poll of none such", poll(bad, 2, 5000) == 1 && bad[1].revents == POLLNVAL && passed(since, 0));
    struct timespec limit = seconds(1.25);
    check("ppoll times out", ppoll(&one, 1, &limit, NULL) == 0 && passed(since, 1.25));
    limit.tv_nsec = 2000000000;
    check("ppoll of too many ns", ppoll(&one, 1, &limit, NULL) < 0 && errno == EINVAL);
}

static void selects(void) {
    fd_set reading, writing;
    FD_ZERO(&reading);
    FD_SET(ends[0], &reading);
    struct timeval limit = {4, 0};
    double since = now();
    check("select times out", select(ends[0] + 1, &reading, NULL, NULL, &limit) == 0 && passed(since, 4));
    check("select clears the set", !FD_ISSET(ends[0], &reading) && limit.tv_sec == 0);
    pthread_t thread = writer(3);
    FD_SET(ends[0], &reading);
    FD_ZERO(&writing);
    limit = (struct timeval){10, 0};
    since = now();
    check("select for another thread", select(ends[0] + 1, &reading, &writing, NULL, &limit) == 1 && passed(since, 3));
    check("select says how much was left", limit.tv_sec == 7 && limit.tv_usec == 0);
    FD_SET(ends[1], &writing);
    check("select counts bits", select(ends[1] + 1, &reading, &writing, NULL, NULL) == 2);
    emptied(thread);
    FD_ZERO(&reading);
    FD_SET(ends[1] + 3, &reading);
    check("select of none such", select(ends[1] + 4, &reading, NULL, NULL, NULL) < 0 && errno == EBADF);
    struct timespec brief = seconds(0.125);
    since = now();
    check("pselect times out", pselect(0, NULL, NULL, NULL, &brief, NULL) == 0 && passed(since, 0.125));
    limit = (struct timeval){-1, 0};
    check("select of less than nothing", select(0, NULL, NULL, NULL, &limit) < 0 && errno == EINVAL);
}

static void epolls(void) {
    struct epoll_event event = {EPOLLIN, {.u64 = 7}}, seen[4];
    int own = epoll_create1(0);
    epoll_ctl(own, EPOLL_CTL_ADD, ends[0], &event);
    double since = now();
    check("epoll times out", epoll_wait(own, seen, 4, 1500) == 0 && passed(since, 1.5));
    check("epoll_pwait times out", epoll_pwait(own, seen, 4, 500, NULL) == 0 && passed(since, 2));
    struct timespec limit = seconds(0.000001);
    check("epoll_pwait2 by the ns", syscall(SYS_epoll_pwait2, own, seen, 4, &limit, NULL, 8) == 0);
    pthread_t thread = writer(3);
    since = now();
    check("epoll for another thread", epoll_wait(own, seen, 4, -1) == 1 && seen[0].data.u64 == 7 && passed(since, 3));
    check("level-triggered: again", epoll_wait(own, seen, 4, -1) == 1);
    emptied(thread);
    event.events = EPOLLIN | EPOLLET;
    epoll_ctl(own, EPOLL_CTL_MOD, ends[0], &event);
    thread = writer(1);
    check("edge-triggered", epoll_wait(own, seen, 4, -1) == 1);
    check("edge-triggered: not again", epoll_wait(own, seen, 4, 1000) == 0);
    emptied(thread);
    event.events = EPOLLIN | EPOLLONESHOT;
    epoll_ctl(own, EPOLL_CTL_MOD, ends[0], &event);
    thread = writer(1);
    check("one-shot", epoll_wait(own, seen, 4, -1) == 1 && epoll_wait(own, seen, 4, 1000) == 0);
    epoll_ctl(own, EPOLL_CTL_MOD, ends[0], &event);
    check("one-shot armed again", epoll_wait(own, seen, 4, 1000) == 1);
    emptied(thread);
    check("epoll of none such", epoll_wait(999, seen, 4, 1000) < 0 && errno == EBADF);
    check("epoll of a pipe", epoll_wait(ends[0], seen, 4, 1000) < 0 && errno == EINVAL);
    check("epoll of no room", epoll_wait(own, seen, 0, 1000) < 0 && errno == EINVAL);
    struct pollfd nested = {own, POLLIN, 0};
    event.events = EPOLLIN;
    epoll_ctl(own, EPOLL_CTL_MOD, ends[0], &event);
    thread = writer(2);
    since = now();
    check("poll of an epoll", poll(&nested, 1, 60000) == 1 && passed(since, 2));
    emptied(thread);
}

/* As many pipes as a big server has connections. */
static void many(void) {
    enum { PIPES = 400 };
    static struct pollfd all[PIPES];
    static int other[PIPES];
    for (int i = 0; i < PIPES; i++) {
        int both[2];
        if (pipe(both)) abort();
        all[i] = (struct pollfd){both[0], POLLIN, 0};
        other[i] = both[1];
    }
    double since = now();
    check("many time out", poll(all, PIPES, 1000) == 0 && passed(since, 1));
    if (write(other[PIPES - 1], "x", 1) != 1) abort();
    check("one of many", poll(all, PIPES, 1000) == 1 && all[PIPES - 1].revents == POLLIN && passed(since, 1));
}

static void blocked_read(void) {
    char byte;
    pthread_t thread = writer(5);
    double since = now();
    check("a read waits for another thread", read(ends[0], &byte, 1) == 1 && passed(since, 5));
    pthread_join(thread, NULL);
}

int main(void) {
    if (pipe(ends)) return 2;
    polls();
    selects();
    epolls();
    many();
    blocked_read();
    return 0;
}
