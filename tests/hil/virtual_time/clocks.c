/* Clocks and sleeps. The argument is the wall clock at the start, in seconds since 1970. */
#include "checks.h"
#include <sys/sysinfo.h>
#include <sys/times.h>

static void clocks(double wall) {
    struct timespec one, other;
    struct timeval day;
    check("monotonic starts at 1000 s", now() == 1000.0);
    clock_gettime(CLOCK_REALTIME, &one);
    check("wall clock is as given", near((double)one.tv_sec + one.tv_nsec / 1e9, wall));
    clock_gettime(CLOCK_REALTIME, &other);
    check("equal between calls", one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec);
    clock_gettime(CLOCK_MONOTONIC_RAW, &one);
    clock_gettime(CLOCK_BOOTTIME, &other);
    check("raw and boot time are monotonic time", one.tv_sec == 1000 && other.tv_sec == 1000);
    clock_gettime(CLOCK_MONOTONIC_COARSE, &one);
    clock_gettime(CLOCK_REALTIME_COARSE, &other);
    check("coarse clocks", one.tv_sec == 1000 && other.tv_sec == (time_t)wall);
    gettimeofday(&day, NULL);
    check("gettimeofday", near((double)day.tv_sec + day.tv_usec / 1e6, wall));
    check("time", time(NULL) == (time_t)wall);
    struct sysinfo told;
    sysinfo(&told);
    check("uptime", told.uptime == 1000 && told.totalram > 0);
    struct tms computed;
    check("times", times(&computed) == 1000 * sysconf(_SC_CLK_TCK));
    check("a clock that is not", syscall(SYS_clock_gettime, 99, &one) < 0 && errno == EINVAL);
    check("a clock at no address", syscall(SYS_clock_gettime, 1, 8) < 0 && errno == EFAULT);
}

static void computing(void) {
    struct timespec before, after;
    volatile double sum = 0;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    for (long i = 0; i < 20000000; i++) sum += (double)i;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    double spent = (double)(after.tv_sec - before.tv_sec) + (after.tv_nsec - before.tv_nsec) / 1e9;
    check("computing has its real time", spent > 0.0001 && spent < 10);
    check("computing costs no plant time", now() == 1000.0);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    check("the clock of a thread is real", after.tv_sec < 900 && after.tv_sec * 1000000000 + after.tv_nsec > 0);
}

static void sleeps(void) {
    double since = now();
    struct timespec asked = seconds(2.5), rest = {7, 7};
    check("nanosleep", nanosleep(&asked, &rest) == 0 && passed(since, 2.5) && rest.tv_sec == 7);
    since = now();
    check("usleep", usleep(1500) == 0 && passed(since, 0.0015));
    asked = seconds(now() + 3600);
    check("absolute", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &asked, NULL) == 0 && passed(since, 3600.0015));
    since = now();
    check("absolute and over", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &asked, NULL) == 0 && now() == since);
    clock_gettime(CLOCK_REALTIME, &asked);
    asked.tv_sec += 86400;
    check("until a wall clock", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &asked, NULL) == 0 && passed(since, 86400));
    since = now();
    asked = (struct timespec){1, 1000000000};
    check("a second of too many ns", nanosleep(&asked, NULL) < 0 && errno == EINVAL);
    asked = (struct timespec){-1, 0};
    check("less than nothing", nanosleep(&asked, NULL) < 0 && errno == EINVAL && now() == since);
    asked = seconds(1);
    check("by no clock", clock_nanosleep(99, 0, &asked, NULL) == EINVAL);
    check("at no address", syscall(SYS_nanosleep, 8, NULL) < 0 && errno == EFAULT);
}

static void broken_off(void) {
    handle(SIGALRM, 0);
    double since = now();
    alarm(5);
    check("sleep tells the rest", sleep(60) == 55 && passed(since, 5) && signals_seen == 1);
    struct timespec asked = seconds(9), rest = {0, 0};
    since = now();
    alarm(2);
    check("nanosleep tells the rest", nanosleep(&asked, &rest) < 0 && errno == EINTR && near((double)rest.tv_sec, 7));
    asked = seconds(now() + 9);
    alarm(2);
    check("absolute broken off", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &asked, &rest) == EINTR);
    check("in all", passed(since, 4));
    handle(SIGALRM, SA_RESTART);
    alarm(2);
    check("a sleep is not begun again", nanosleep(&asked, NULL) < 0 && errno == EINTR && passed(since, 6));
}

int main(int count, char **words) {
    if (count < 2) return 2;
    clocks(atof(words[1]));
    computing();
    sleeps();
    broken_off();
    return 0;
}
