/* Threads that race for one instant: what each finds in the counter that all share shows who came when. */
#include "checks.h"

enum { THREADS = 4 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int counter, round_number, rounds, woken_by_one;

static void *racer(void *number) {
    int own = (int)(intptr_t)number, seen = 0;
    for (int i = 0; i < rounds; i++) {
        if (!woken_by_one || own == 0) {
            sleep(1);
        }
        pthread_mutex_lock(&mutex);
        if (woken_by_one && own == 0) {
            round_number++;
            pthread_cond_broadcast(&changed);
        }
        while (woken_by_one && round_number == seen) pthread_cond_wait(&changed, &mutex);
        seen = round_number;
        counter++;
        printf("%.3f %d %d\n", now(), own, counter);
        pthread_mutex_unlock(&mutex);
        volatile unsigned work = 0;
        for (int k = 0; k < own * 5000; k++) work += (unsigned)k;
    }
    return NULL;
}

int main(int count, char **words) {
    if (count < 3) return 2;
    rounds = atoi(words[1]);
    woken_by_one = atoi(words[2]);
    pthread_t threads[THREADS];
    for (intptr_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, racer, (void *)i);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    return 0;
}
