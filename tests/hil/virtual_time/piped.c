/* Two processes joined by pipes, who both sleep and wait: what comes, and when, is printed by both. */
#include "checks.h"

static void talk(const char *name, int from, int to, double pause) {
    for (int i = 0; i < 20; i++) {
        struct timespec asked = seconds(pause);
        struct pollfd one = {from, POLLIN, 0};
        char byte = (char)('a' + i);
        if (write(to, &byte, 1) != 1) exit(1);
        int ready = poll(&one, 1, 250);
        if (ready && read(from, &byte, 1) != 1) exit(1);
        printf("%.3f %s %d %c\n", now(), name, ready, byte);
        fflush(stdout);
        nanosleep(&asked, NULL);
    }
}

int main(void) {
    int there[2], back[2];
    if (pipe(there) || pipe(back)) return 1;
    signal(SIGPIPE, SIG_IGN);
    if (!fork()) {
        talk("child", there[0], back[1], 0.3);
        return 0;
    }
    talk("parent", back[0], there[1], 0.5);
    wait(NULL);
    return 0;
}
