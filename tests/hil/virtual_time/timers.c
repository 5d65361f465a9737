/* Timers: behind descriptors, as signals, and as threads. */
#include "checks.h"

static void set(int timer, double first, double then, int flags) {
    struct itimerspec asked = {seconds(then), seconds(first)};
    if (timerfd_settime(timer, flags, &asked, NULL)) abort();
}

static uint64_t expiries(int timer) {
    uint64_t count = 0;
    return read(timer, &count, sizeof count) == sizeof count ? count : 0;
}

static void descriptors(void) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    check("flags", fcntl(timer, F_GETFD) == FD_CLOEXEC && !(fcntl(timer, F_GETFL) & O_NONBLOCK));
    double since = now();
    set(timer, 5, 2, 0);
    check("first", expiries(timer) == 1 && passed(since, 5));
    check("then", expiries(timer) == 1 && passed(since, 7));
    sleep(7);
    check("counted", expiries(timer) == 3 && passed(since, 14));
    struct itimerspec left;
    timerfd_gettime(timer, &left);
    check("left", near((double)left.it_value.tv_sec, 1) && left.it_interval.tv_sec == 2);
    sleep(2);
    set(timer, 3, 0, 0);
    check("setting forgets", expiries(timer) == 1 && passed(since, 19));
    set(timer, 1, 0, 0);
    set(timer, 0, 0, 0);
    struct pollfd one = {timer, POLLIN, 0};
    check("stopped", poll(&one, 1, 10000) == 0);
    int other = dup(timer);
    close(timer);
    since = now();
    set(other, 2, 0, 0);
    check("a duplicate", expiries(other) == 1 && passed(since, 2));
    set(other, now() + 3600, 0, TFD_TIMER_ABSTIME);
    pid_t child = fork();
    if (!child) _exit(expiries(other) == 1 && passed(since, 3602) ? 0 : 1);
    int status = -1;
    waitpid(child, &status, 0);
    check("across fork", status == 0 && passed(since, 3602));
    close(other);
}

static void more_descriptors(void) {
    int timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    check("nothing yet", expiries(timer) == 0 && errno == EAGAIN);
    double since = now();
    set(timer, (double)wall.tv_sec + 60 + wall.tv_nsec / 1e9, 0, TFD_TIMER_ABSTIME);
    struct pollfd one = {timer, POLLIN, 0};
    check("by the wall clock", poll(&one, 1, -1) == 1 && passed(since, 60));
    struct itimerspec wrong = {{0, 0}, {0, 1000000000}};
    check("too many ns", timerfd_settime(timer, 0, &wrong, NULL) < 0 && errno == EINVAL);
    check("no clock", timerfd_create(99, 0) < 0 && errno == EINVAL);
    check("no timer", timerfd_settime(0, 0, &wrong, NULL) < 0);
    close(timer);
    int made = 0;
    for (int i = 0; i < 3000; i++) {
        timer = timerfd_create(CLOCK_MONOTONIC, 0);
        if (timer < 0) break;
        set(timer, 1000, 1000, 0);
        close(timer);
        made++;
    }
    check("thousands, one after the other", made == 3000);
}

static void alarms(void) {
    handle(SIGALRM, 0);
    double since = now();
    alarm(30);
    check("alarm tells what was left", sleep(10) == 0 && alarm(20) == 20);
    pause();
    check("alarm", signals_seen == 1 && near(signal_came, since + 30));
    struct itimerval asked = {{1, 0}, {1, 500000}}, left;
    since = now();
    setitimer(ITIMER_REAL, &asked, NULL);
    getitimer(ITIMER_REAL, &left);
    check("getitimer", left.it_value.tv_usec == 500000 && left.it_interval.tv_sec == 1);
    while (signals_seen < 5) pause();
    check("again and again", near(signal_came, since + 4.5));
    asked = (struct itimerval){{0, 0}, {0, 300000}};
    setitimer(ITIMER_REAL, &asked, &left);
    check("what was left", left.it_value.tv_sec == 1 && left.it_interval.tv_sec == 1);
    check("alarm counts whole seconds, at least one", alarm(0) == 1);
    check("no alarm left", alarm(0) == 0 && poll(NULL, 0, 5000) == 0);
    alarm(3);
    if (!fork()) _exit(alarm(0) != 0);
    int status = -1;
    while (wait(&status) < 0) continue;
    check("a child has none", status == 0 && alarm(0) == 3);
    asked = (struct itimerval){{0, 0}, {0, 2000000}};
    check("too many us", setitimer(ITIMER_REAL, &asked, NULL) < 0 && errno == EINVAL);
}

static volatile int told;

static void on_timer(int number, siginfo_t *about, void *unused) {
    (void)number, (void)unused;
    told = about->si_code == SI_TIMER ? about->si_value.sival_int : -1;
    signal_came = now();
}

static void in_thread(union sigval value) {
    told += value.sival_int;
    signal_came = now();
}

static void posix_timers(void) {
    struct sigaction action = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
    struct itimerspec asked = {{0, 0}, {7, 0}}, left;
    timer_t timer;
    check("created", timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    double since = now();
    timer_settime(timer, 0, &asked, NULL);
    pause();
    check("a signal with its value", told == 42 && near(signal_came, since + 7));
    check("over", timer_gettime(timer, &left) == 0 && left.it_value.tv_sec == 0 && timer_getoverrun(timer) == 0);
    check("deleted", timer_delete(timer) == 0 && timer_delete(timer) < 0 && errno == EINVAL);
    event = (struct sigevent){.sigev_notify = SIGEV_THREAD, .sigev_notify_function = in_thread, .sigev_value.sival_int = 5};
    timer_create(CLOCK_REALTIME, &event, &timer);
    asked = (struct itimerspec){{3, 0}, {2, 0}};
    told = 0;
    since = now();
    timer_settime(timer, 0, &asked, NULL);
    sleep(9);
    check("in a thread", told == 15 && near(signal_came, since + 8));
    timer_delete(timer);
    event = (struct sigevent){.sigev_notify = SIGEV_NONE};
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &asked, NULL);
    sleep(1);
    timer_gettime(timer, &left);
    check("to be asked only", left.it_value.tv_sec == 1 && left.it_interval.tv_sec == 3);
    sleep(10);
    timer_delete(timer);
    since = now();
    asked = (struct itimerspec){{0, 0}, seconds(now() + 4)};
    event = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 9};
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, TIMER_ABSTIME, &asked, NULL);
    check("absolute", sleep(60) == 56 && told == 9 && near(signal_came, since + 4));
}

int main(void) {
    descriptors();
    more_descriptors();
    alarms();
    posix_timers();
    return 0;
}
