import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A connection to Modbus TCP devices behind one gateway. */
final class Modbus {
    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;

    Modbus(String host, int port) throws IOException {
        socket.connect(new InetSocketAddress(host, port), 1000);
        socket.setSoTimeout(1000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /** Sends a request, with its address and its value or count, and gives the data of the answer. */
    private ByteBuffer request(int unit, int function, int address, int value, byte... more) throws IOException {
        var frame = ByteBuffer.allocate(12 + more.length); // transaction 1, protocol 0, length
        frame.putShort((short) 1).putShort((short) 0).putShort((short) (6 + more.length)).put((byte) unit);
        frame.put((byte) function).putShort((short) address).putShort((short) value).put(more);
        out.write(frame.array());
        var head = new byte[9];
        in.readFully(head);
        if (head[7] != function) {
            throw new IOException("unit " + unit + " refuses function " + function + " with exception " + head[8]);
        }
        var data = new byte[ByteBuffer.wrap(head).getShort(4) - 3];
        in.readFully(data);
        return ByteBuffer.wrap(data);
    }

    boolean bit(int unit, int address) throws IOException {
        return (request(unit, 2, address, 1).get() & 1) == 1;
    }

    int word(int unit, int address) throws IOException {
        return request(unit, 4, address, 1).getShort() & 0xFFFF;
    }

    /** A number whose low word comes first, as the heat meters send it. */
    float real(int unit, int address) throws IOException {
        var data = request(unit, 4, address, 2);
        return Float.intBitsToFloat(data.getShort() & 0xFFFF | data.getShort() << 16);
    }

    void writeCoil(int unit, int address, boolean on) throws IOException {
        request(unit, 5, address, on ? 0xFF00 : 0);
    }

    void writeWords(int unit, int address, int... words) throws IOException {
        var more = ByteBuffer.allocate(1 + 2 * words.length).put((byte) (2 * words.length));
        for (int word : words) {
            more.putShort((short) word);
        }
        request(unit, 16, address, words.length, more.array());
    }

    void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            // as it should be
        }
    }
}
