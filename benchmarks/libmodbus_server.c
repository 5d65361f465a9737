/* The yardstick of benchmarks/modbus_server.py: a Modbus TCP server of libmodbus' own select loop, 200 registers.
 * Prints the port it listens on. Ends when its standard input is closed. */
#include <modbus.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    modbus_t *context = modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *mapping = modbus_mapping_new(200, 200, 200, 200);
    int listening = modbus_tcp_listen(context, 128);
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    if (listening < 0 || getsockname(listening, (struct sockaddr *)&address, &size) < 0) return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    fd_set all;
    FD_ZERO(&all);
    FD_SET(0, &all);
    FD_SET(listening, &all);
    int highest = listening;
    for (;;) {
        fd_set ready = all;
        if (select(highest + 1, &ready, NULL, NULL, NULL) < 0) return 1;
        if (FD_ISSET(0, &ready)) return 0;
        for (int fd = 1; fd <= highest; fd++) {
            if (!FD_ISSET(fd, &ready)) continue;
            if (fd == listening) {
                int client = accept(listening, NULL, NULL), one = 1;
                if (client < 0) continue;
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                FD_SET(client, &all);
                if (client > highest) highest = client;
                continue;
            }
            uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
            modbus_set_socket(context, fd);
            int length = modbus_receive(context, query);
            if (length > 0) {
                modbus_reply(context, query, length, mapping);
            } else if (length < 0) {
                close(fd);
                FD_CLR(fd, &all);
            }
        }
    }
}
