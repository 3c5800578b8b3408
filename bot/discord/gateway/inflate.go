package gateway

import (
	"compress/flate"
	"errors"
	"fmt"
	"io"
)

// inflater undoes the transport compression zlib-stream of one connection
// (events/gateway#transport-compression): all its binary messages are one zlib
// stream, in which each payload ends with a flush. At a flush the decoder starts
// again, with the window of what came before, so that its end is seen.
type inflater struct {
	next    func() (io.Reader, error) // the next message, when a payload goes on there
	message io.Reader
	last    [4]byte // of the payload so far, compressed
	flate   io.ReadCloser
	window  []byte // the end of what came out, which later payloads refer to
}

const windowSize = 32 << 10 // of deflate

// flushed is how a payload ends.
var flushed = [4]byte{0, 0, 0xff, 0xff}

// payload reads the payload that begins with a message, until io.EOF. It is to
// be read to its end.
func (z *inflater) payload(message io.Reader) (io.Reader, error) {
	z.message, z.last = message, [4]byte{}
	if z.flate != nil {
		return z, z.flate.(flate.Resetter).Reset(compressed{z}, z.window)
	}
	var header [2]byte
	if _, err := io.ReadFull(message, header[:]); err != nil {
		return nil, fmt.Errorf("reading the header of a zlib stream: %w", err)
	}
	if header[0]&0xf != 8 || (int(header[0])<<8|int(header[1]))%31 != 0 || header[1]&0x20 != 0 { // RFC 1950
		return nil, errors.New("no zlib stream")
	}
	z.flate = flate.NewReader(compressed{z})
	return z, nil
}

// Read implements io.Reader for a payload.
func (z *inflater) Read(p []byte) (int, error) {
	n, err := z.flate.Read(p)
	z.window = append(z.window, p[:n]...)
	if more := len(z.window) - windowSize; more > 0 {
		z.window = z.window[:copy(z.window, z.window[more:])]
	}
	if err == io.ErrUnexpectedEOF && z.last == flushed { // the stream goes on
		err = io.EOF
	}
	return n, err
}

// compressed reads the bytes of a payload as they came.
type compressed struct{ *inflater }

func (c compressed) Read(p []byte) (int, error) {
	for {
		n, err := c.message.Read(p)
		tail := append(c.last[:], p[max(0, n-len(c.last)):n]...)
		c.last = [4]byte(tail[len(tail)-len(c.last):])
		switch {
		case n > 0:
			return n, nil
		case err != io.EOF:
			return 0, err
		case c.last == flushed:
			return 0, io.EOF
		}
		if c.message, err = c.next(); err != nil {
			return 0, err
		}
	}
}
