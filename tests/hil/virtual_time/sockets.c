/* Time-outs that sockets have of their own. */
#include "checks.h"
#include <arpa/inet.h>
#include <netinet/in.h>

static int both[2];

static void *writer(void *unused) {
    (void)unused;
    sleep(3);
    if (write(both[1], "abc", 3) != 3) abort();
    return NULL;
}

static void receiving(void) {
    char bytes[9];
    struct timeval limit = {5, 0};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, both)) abort();
    check("a time-out is set", setsockopt(both[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    double since = now();
    check("recv times out", recv(both[0], bytes, 9, 0) < 0 && errno == EAGAIN && passed(since, 5));
    check("read times out", read(both[0], bytes, 9) < 0 && errno == EAGAIN && passed(since, 10));
    struct msghdr message = {0};
    check("recvmsg times out", recvmsg(both[0], &message, 0) < 0 && errno == EAGAIN && passed(since, 15));
    pthread_t thread;
    pthread_create(&thread, NULL, writer, NULL);
    check("recv in time", recv(both[0], bytes, 9, 0) == 3 && passed(since, 18));
    pthread_join(thread, NULL);
    check("recv times out again", recv(both[0], bytes, 9, 0) < 0 && errno == EAGAIN && passed(since, 23));
    int other = dup(both[0]);
    check("a duplicate times out", recv(other, bytes, 9, 0) < 0 && errno == EAGAIN && passed(since, 28));
    pid_t child = fork();
    if (!child) _exit(recv(other, bytes, 9, 0) < 0 && errno == EAGAIN && passed(since, 33) ? 0 : 1);
    int status = -1;
    waitpid(child, &status, 0);
    check("a child's times out", status == 0 && passed(since, 33));
    limit.tv_usec = 1000000;
    check("too many us", setsockopt(both[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 && errno == EDOM);
    check("no socket", setsockopt(0, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0);
}

static void sending(void) {
    static char block[65536];
    struct timeval limit = {4, 0};
    double since = now();
    setsockopt(both[1], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    ssize_t sent;
    int times = 0;
    while ((sent = send(both[1], block, sizeof block, 0)) > 0 && times < 1000) times++;
    check("send times out", sent < 0 && errno == EAGAIN && now() - since < 8.5 && now() - since > 3.9);
}

static void accepting(void) {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof place;
    struct timeval limit = {6, 0};
    bind(server, (struct sockaddr *)&place, size);
    listen(server, 4);
    getsockname(server, (struct sockaddr *)&place, &size);
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    double since = now();
    check("accept times out", accept(server, NULL, NULL) < 0 && errno == EAGAIN && passed(since, 6));
    pid_t child = fork();
    if (!child) {
        sleep(2);
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(client, (struct sockaddr *)&place, size)) _exit(1);
        sleep(3);
        _exit(write(client, "x", 1) != 1);
    }
    int taken = accept(server, NULL, NULL);
    char byte;
    check("accept in time", taken >= 0 && passed(since, 8));
    check("over the loopback", recv(taken, &byte, 1, 0) == 1 && passed(since, 11));
    waitpid(child, NULL, 0);
    close(taken);
    close(server);
}

int main(void) {
    receiving();
    sending();
    accepting();
    return 0;
}
