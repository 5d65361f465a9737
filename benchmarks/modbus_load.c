/* Closed-loop Modbus TCP load: N connections, one request under way on each, for so many milliseconds.
 * usage: modbus_load PORT CONNECTIONS REGISTERS MILLISECONDS
 * Prints: requests, elapsed seconds, wrong answers, median and 99th percentile of the response time in microseconds. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 256, SAMPLES = 1 << 20 };
struct connection { int fd; uint16_t tid; int filled; int64_t sent; uint8_t answer[300]; };
static struct connection connections[MOST];
static float samples[SAMPLES];
static int registers;
static long wrong;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void ask(struct connection *c) {
    c->tid++;
    uint8_t request[12] = {c->tid >> 8, c->tid & 255, 0, 0, 0, 6, 1, 3, 0, 0, 0, registers};
    c->filled = 0;
    c->sent = now();
    if (send(c->fd, request, sizeof request, 0) != sizeof request) exit(3);
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    int count = atoi(argv[2]), whole = 9 + 2 * atoi(argv[3]), epoll = epoll_create1(0), one = 1;
    registers = atoi(argv[3]);
    if (count > MOST || registers > 125) return 2;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; i++) {
        struct connection *c = &connections[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        c->tid = i << 8;
        if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) return 3;
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
    }
    int64_t start = now(), end = start + atoll(argv[4]) * 1000000LL, time = start;
    long done = 0;
    for (int i = 0; i < count; i++) ask(&connections[i]);
    int under_way = count;
    while (under_way) {
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, 1000);
        if (ready <= 0) return 4;
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            int got = recv(c->fd, c->answer + c->filled, sizeof c->answer - c->filled, 0);
            if (got <= 0) return 4;
            if ((c->filled += got) < whole) continue;
            time = now();
            if (c->filled != whole || c->answer[0] != c->tid >> 8 || c->answer[1] != (c->tid & 255) || c->answer[7] != 3)
                wrong++;
            samples[done++ % SAMPLES] = (time - c->sent) / 1e3f;
            if (time < end) ask(c);
            else under_way--;
        }
    }
    long kept = done < SAMPLES ? done : SAMPLES;
    qsort(samples, kept, sizeof *samples, ascending);
    printf("%ld %.6f %ld %.1f %.1f\n", done, (time - start) / 1e9, wrong, samples[kept / 2], samples[kept * 99 / 100]);
    return 0;
}
