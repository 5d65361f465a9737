/* Threads: what they wait for is a futex below. */
#include "checks.h"
#include <linux/futex.h>
#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn;

static struct timespec wall_after(double after) {
    struct timespec shown;
    clock_gettime(CLOCK_REALTIME, &shown);
    double time = (double)shown.tv_sec + (double)shown.tv_nsec / 1e9 + after;
    return seconds(time);
}

static void *sleeper(void *told) {
    struct timespec asked = seconds(*(double *)told);
    nanosleep(&asked, NULL);
    return told;
}

static void *signaller(void *told) {
    sleeper(told);
    pthread_mutex_lock(&mutex);
    turn++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void conditions(void) {
    double since = now(), after = 3;
    struct timespec until = wall_after(5);
    pthread_t thread;
    pthread_mutex_lock(&mutex);
    check("cond_timedwait times out", pthread_cond_timedwait(&changed, &mutex, &until) == ETIMEDOUT && passed(since, 5));
    pthread_create(&thread, NULL, signaller, &after);
    until = wall_after(60);
    while (!turn && pthread_cond_timedwait(&changed, &mutex, &until) == 0) continue;
    check("cond_timedwait is woken", turn == 1 && passed(since, 8));
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, signaller, &after);
    pthread_mutex_lock(&mutex);
    while (turn < 2) pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    check("cond_wait is woken", passed(since, 11));
    pthread_join(thread, NULL);
}

static void joins(void) {
    double since = now(), after = 3;
    pthread_t thread;
    void *given = NULL;
    pthread_create(&thread, NULL, sleeper, &after);
    struct timespec until = wall_after(1);
    check("timedjoin times out", pthread_timedjoin_np(thread, &given, &until) == ETIMEDOUT && passed(since, 1));
    check("join", pthread_join(thread, &given) == 0 && given == &after && passed(since, 3));
    after = 1000;
    pthread_create(&thread, NULL, sleeper, &after);
    usleep(1000);
    pthread_cancel(thread);
    check("cancel", pthread_join(thread, &given) == 0 && given == PTHREAD_CANCELED && passed(since, 3.001));
    pthread_mutex_lock(&mutex);
    since = now();
    until = wall_after(2);
    check("timedlock times out", pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT && passed(since, 2));
    pthread_mutex_unlock(&mutex);
}

static pthread_barrier_t barrier;
static int served;

static void *comer(void *told) {
    double after = (double)(intptr_t)told;
    sleeper(&after);
    int last = pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
    __atomic_add_fetch(&served, last ? 100 : 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void barriers(void) {
    pthread_t threads[4];
    double since = now();
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, comer, (void *)(intptr_t)(i + 1));
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    check("barrier", served == 103 && passed(since, 4));
}

static uint32_t words[3];

static void *waker(void *told) {
    sleeper(told);
    words[1] = 1;
    syscall(SYS_futex, &words[1], FUTEX_WAKE_PRIVATE, 1);
    return NULL;
}

struct waited {
    uint64_t value, address;
    uint32_t flags, unused;
};

static void several(void) {
    struct waited all[3];
    for (int i = 0; i < 3; i++) all[i] = (struct waited){0, (uintptr_t)&words[i], 2 | 128, 0};
    struct timespec until = seconds(now() + 5);
    double since = now(), after = 3;
    long got = syscall(SYS_futex_waitv, all, 3, 0, &until, CLOCK_MONOTONIC);
    check("waitv times out", got < 0 && errno == ETIMEDOUT && passed(since, 5));
    pthread_t thread;
    pthread_create(&thread, NULL, waker, &after);
    check("waitv says which", syscall(SYS_futex_waitv, all, 3, 0, NULL, 0) == 1 && passed(since, 8));
    pthread_join(thread, NULL);
    check("waitv of another value", syscall(SYS_futex_waitv, all, 3, 0, NULL, 0) < 0 && errno == EAGAIN);
    check("wait of another value", syscall(SYS_futex, &words[1], FUTEX_WAIT, 0, NULL) < 0 && errno == EAGAIN);
    check("wait at no address", syscall(SYS_futex, 8, FUTEX_WAIT, 0, NULL) < 0 && errno == EFAULT);
    until = (struct timespec){0, 1000000000};
    check("wait for too many ns", syscall(SYS_futex, &words[0], FUTEX_WAIT, 0, &until) < 0 && errno == EINVAL);
}

static int flag;
static sem_t begun;

static void *spinner(void *told) {
    sem_post(&begun);
    while (!__atomic_load_n(&flag, __ATOMIC_SEQ_CST)) {
        if (told) now();
    }
    return NULL;
}

/* One thread computes until another, due at the same instant, says so. */
static void spinning(const char *name, void *reads_the_clock) {
    pthread_t thread;
    flag = 0;
    sem_init(&begun, 0, 0);
    pthread_create(&thread, NULL, spinner, reads_the_clock);
    sem_wait(&begun);
    __atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
    check(name, pthread_join(thread, NULL) == 0);
}

int main(void) {
    conditions();
    joins();
    barriers();
    several();
    spinning("one spins until another goes on", NULL);
    spinning("the same, reading the clock", &flag);
    return 0;
}
