/* Processes: how they begin, stop and end; and what nobody may set. */
#include "checks.h"
#include <sys/random.h>
#include <sys/timex.h>

static char *self;

static void children(void) {
    double since = now();
    int status = -1;
    pid_t child = fork();
    if (!child) {
        sleep(5);
        _exit(3);
    }
    check("fork", waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3 && passed(since, 5));
    child = vfork();
    if (!child) {
        execl("/bin/sleep", "sleep", "4", (char *)NULL);
        _exit(127);
    }
    check("vfork", passed(since, 5) && waitpid(child, &status, 0) == child && status == 0 && passed(since, 9));
    check("system", system("sleep 2; exit 7") == 7 << 8 && passed(since, 11));
    FILE *from = popen("sleep 1; date +%s; sleep 1", "r");
    char line[64] = "";
    check("popen", from && fgets(line, sizeof line, from) && atol(line) == time(NULL) && passed(since, 12));
    check("pclose", pclose(from) == 0 && passed(since, 13));
    child = fork();
    if (!child) {
        setsid();
        if (fork()) _exit(0);
        sleep(1);
        _exit(0);
    }
    check("a daemon", waitpid(child, &status, 0) == child && passed(since, 13));
}

static void stopped(void) {
    double since = now();
    int status = -1;
    pid_t child = fork();
    if (!child) {
        sleep(10);
        _exit(now() - since > 9 ? 0 : 1);
    }
    sleep(2);
    kill(child, SIGSTOP);
    check("stopped", waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status) && passed(since, 2));
    sleep(3);
    kill(child, SIGCONT);
    check("goes on", waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status) && passed(since, 5));
    check("ends when it would have", waitpid(child, &status, 0) == child && status == 0 && passed(since, 10));
    child = fork();
    if (!child) {
        sleep(10);
        _exit(0);
    }
    sleep(1);
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    sleep(20);
    kill(child, SIGCONT);
    check("stopped beyond its deadline", waitpid(child, &status, 0) == child && status == 0 && passed(since, 31));
    child = fork();
    if (!child) {
        sleep(1000);
        _exit(0);
    }
    sleep(1);
    kill(child, SIGTERM);
    check("ended in its sleep", waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGTERM && passed(since, 32));
}

static void *sleeps_long(void *unused) {
    (void)unused;
    sleep(1000);
    return NULL;
}

static void stopped_threads(void) {
    double since = now();
    int status = -1;
    pid_t child = fork();
    if (!child) {
        pthread_t thread;
        pthread_create(&thread, NULL, sleeps_long, NULL);
        sleep(10);
        _exit(0);
    }
    sleep(1);
    kill(child, SIGSTOP);
    check("two threads stop", waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status) && passed(since, 1));
    kill(child, SIGCONT);
    check("two threads go on", waitpid(child, &status, 0) == child && status == 0 && passed(since, 10));
}

static void refused(void) {
    struct timespec wrong = {1, 0};
    struct timeval day = {1, 0};
    check("settimeofday", settimeofday(&day, NULL) < 0 && errno == EPERM);
    check("clock_settime", clock_settime(CLOCK_REALTIME, &wrong) < 0 && errno == EPERM);
    check("io_uring", syscall(SYS_io_uring_setup, 4, NULL) < 0 && errno == ENOSYS);
}

static void *executes(void *unused) {
    (void)unused;
    sleep(1);
    execl(self, self, "again", (char *)NULL);
    return NULL;
}

int main(int count, char **words) {
    self = words[0];
    if (count > 1) {
        check("executed by another thread", near(now(), atof(getenv("SINCE")) + 1));
        sleep(1);
        check("and sleeps", near(now(), atof(getenv("SINCE")) + 2));
        return 0;
    }
    children();
    stopped();
    stopped_threads();
    refused();
    char shown[32];
    snprintf(shown, sizeof shown, "%.6f", now());
    setenv("SINCE", shown, 1);
    pthread_t thread;
    pthread_create(&thread, NULL, executes, NULL);
    pthread_join(thread, NULL);
    return 1;
}
