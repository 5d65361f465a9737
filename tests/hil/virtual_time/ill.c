/* Programs that do not do well: the argument says how. */
#include "checks.h"

static void crash(void) {
    printf("about to fall\n");
    fflush(stdout);
    *(volatile int *)8 = 1;
}

static void fork_without_end(void) {
    for (;;) {
        if (!fork()) pause();
    }
}

static void print_without_end(void) {
    for (;;) puts("the same line again and again, and nothing new in it");
}

static void ignore(void) {
    signal(SIGTERM, SIG_IGN);
    for (;;) sleep(1);
}

static void compute(void) {
    for (volatile unsigned long i = 0;; i++) continue;
}

static void ask_the_time(void) {
    for (;;) now();
}

static void poll_without_end(void) {
    for (;;) poll(NULL, 0, 0);
}

static void say_good_bye(int number) {
    (void)number;
    printf("good bye at %.3f\n", now());
    fflush(stdout);
    _exit(0);
}

static void leave_a_child(void) {
    if (!fork()) {
        setsid();
        for (;;) sleep(1);
    }
    sleep(1);
}

int main(int count, char **words) {
    const char *how = count > 1 ? words[1] : "";
    if (!strcmp(how, "crash")) crash();
    if (!strcmp(how, "forks")) fork_without_end();
    if (!strcmp(how, "prints")) print_without_end();
    if (!strcmp(how, "ignores")) ignore();
    if (!strcmp(how, "computes")) compute();
    if (!strcmp(how, "asks")) ask_the_time();
    if (!strcmp(how, "polls")) poll_without_end();
    if (!strcmp(how, "child")) leave_a_child();
    if (!strcmp(how, "realtime signal")) kill(getpid(), SIGRTMIN + 3);
    if (!strcmp(how, "exits")) {
        fprintf(stderr, "no licence\n");
        return 7;
    }
    if (!strcmp(how, "says")) {
        signal(SIGTERM, say_good_bye);
        for (;;) pause();
    }
    return 0;
}
