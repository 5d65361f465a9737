package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"time"
)

// bus is a connection to Modbus TCP devices. After its first error it sends no more and reads zeros.
type bus struct {
	net.Conn
	err error
}

// request sends a request, with its address and its value or count, and gives the data of the answer.
func (b *bus) request(unit, function byte, address, value uint16, more ...byte) []byte {
	head, data := make([]byte, 9), make([]byte, 4)
	if b.err != nil {
		return data
	}
	frame := append([]byte{0, 1, 0, 0, 0, byte(6 + len(more)), unit, function}, // transaction 1, protocol 0, length
		byte(address>>8), byte(address), byte(value>>8), byte(value))
	b.SetDeadline(time.Now().Add(time.Second))
	if _, b.err = b.Write(append(frame, more...)); b.err != nil {
		return data
	}
	if _, b.err = io.ReadFull(b, head); b.err == nil && head[7] != function {
		b.err = fmt.Errorf("unit %d refuses function %d with exception %d", unit, function, head[8])
	}
	if b.err == nil {
		_, b.err = io.ReadFull(b, data[:binary.BigEndian.Uint16(head[4:])-3])
	}
	return data
}

func (b *bus) bit(unit byte, address uint16) bool {
	return b.request(unit, 2, address, 1)[0]&1 == 1
}

func (b *bus) word(unit byte, address uint16) uint16 {
	return binary.BigEndian.Uint16(b.request(unit, 4, address, 1))
}

// float is a number whose low word comes first, as the heat meters send it.
func (b *bus) float(unit byte, address uint16) float64 {
	data := b.request(unit, 4, address, 2)
	return float64(math.Float32frombits(binary.BigEndian.Uint32([]byte{data[2], data[3], data[0], data[1]})))
}

func (b *bus) writeCoil(unit byte, address uint16, on bool) {
	b.request(unit, 5, address, map[bool]uint16{true: 0xFF00}[on])
}

func (b *bus) writeWords(unit byte, address uint16, words ...uint16) {
	more := []byte{byte(2 * len(words))}
	for _, word := range words {
		more = append(more, byte(word>>8), byte(word))
	}
	b.request(unit, 16, address, uint16(len(words)), more...)
}
