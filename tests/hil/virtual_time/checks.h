/* What the checks share: a line for each, and the plant time that a program sees. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void check(const char *name, int holds) {
    printf("%s %s\n", holds ? "ok" : "FAIL", name);
    fflush(stdout);
}

/* Seconds on the monotonic clock. */
static double now(void) {
    struct timespec shown;
    clock_gettime(CLOCK_MONOTONIC, &shown);
    return (double)shown.tv_sec + (double)shown.tv_nsec / 1e9;
}

static int near(double got, double wanted) {
    return got - wanted < 5e-7 && wanted - got < 5e-7;
}

/* Whether so many seconds have passed since an instant. */
static int passed(double since, double seconds) {
    return near(now() - since, seconds);
}

static struct timespec seconds(double time) {
    struct timespec made = {(time_t)time, (long)((time - (double)(time_t)time) * 1e9 + 0.5)};
    return made;
}

static volatile int signals_seen;
static volatile double signal_came;

static void on_signal(int number) {
    (void)number;
    signals_seen++;
    signal_came = now();
}

static void handle(int number, int flags) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
    sigaction(number, &action, NULL);
    signals_seen = 0;
}
