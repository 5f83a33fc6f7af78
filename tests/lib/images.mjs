// Images as small as tests need them, made by hand: flat ones, of any size.
import { crc32 } from './crc32.mjs';
import { deflateSync } from 'node:zlib';

function chunk(type, data) {
  const frame = Buffer.alloc(12 + data.length);
  frame.writeUInt32BE(data.length);
  frame.write(type, 4, 'latin1');
  data.copy(frame, 8);
  frame.writeUInt32BE(crc32(frame.subarray(4, 8 + data.length)), 8 + data.length);
  return frame;
}

// more: chunks before the image data, [type, text]; rows: of image data, if not all; colour: [r, g, b, a]
export function png(width, height = width, { more = [], rows = height, colour = [31, 102, 80, 255] } = {}) {
  const head = Buffer.alloc(13), row = Buffer.alloc(1 + width * 4);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  for (let x = 0; x < width; x++)
    row.set(x % 64 < 32 ? colour : [255, 255, 255, 0], 1 + x * 4);
  const data = deflateSync(Buffer.concat(Array.from({ length: rows }, () => row)), { level: 1 });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), ...more.map(([t, d]) => chunk(t, Buffer.from(d, 'latin1'))),
    chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

// A head that says so, and nothing behind it.
export const pngHead = (width, height = width) => {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(64)))]);
};

// Grey all over: each block of 8 by 8 is two bits, "no difference" and "end of block". sides: multiples of 16
export function jpeg(width, height = width, { comment = '' } = {}) {
  const segment = (marker, ...data) => {
    const body = Buffer.concat(data.map((d) => Buffer.from(d)));
    return Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body]);
  };
  const one = [1, ...Array(15).fill(0), 0]; // a Huffman table with one code, '0', for the symbol 0
  return Buffer.concat([Buffer.from([0xff, 0xd8]),
    ...(comment ? [segment(0xe1, Buffer.from(`Exif\0\0${comment}`, 'latin1'))] : []),
    segment(0xdb, [0], Array(64).fill(1)),
    segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
    segment(0xc4, [0x00], one), segment(0xc4, [0x10], one),
    segment(0xda, [1, 1, 0, 0, 63, 0]),
    Buffer.alloc(Math.ceil(width / 8) * Math.ceil(height / 8) / 4), Buffer.from([0xff, 0xd9])]);
}

// Progressive, grey all over, 2048 pixels, with up to 883 scans: each is a few bytes, and has a decoder go over all of the image.
export function jpegOfScans(scans) {
  const side = 2048, blocks = (side / 8) ** 2, one = [1, ...Array(15).fill(0), 0];
  const segment = (marker, ...data) => {
    const body = Buffer.concat(data.map((d) => Buffer.from(d)));
    return Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body]);
  };
  const pack = (bits) => Buffer.from(bits.padEnd(Math.ceil(bits.length / 8) * 8, '1').match(/.{8}/g).flatMap((b) => (b === '11111111' ? [0xff, 0] : [parseInt(b, 2)])));
  // nothing new: '0' and 14 bits for that many blocks more than 2^14, '10' and a bit for two or three
  const nothing = `${'0'.padEnd(15, '1').repeat(2)}100`;
  const passes = Array.from({ length: 63 * 14 }, (_, i) => [1 + (i / 14 | 0), 13 - i % 14]).slice(0, scans - 1);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), segment(0xdb, [0], Array(64).fill(1)),
    segment(0xc2, [8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0]), segment(0xc4, [0x00], one), segment(0xc4, [0x10], [1, 1, ...Array(14).fill(0), 0xe0, 0x10]),
    segment(0xda, [1, 1, 0, 0, 0, 0]), pack('0'.repeat(blocks)),
    ...passes.flatMap(([k, low]) => [segment(0xda, [1, 1, 0, k, k, low === 13 ? 13 : ((low + 1) << 4) | low]), pack(nothing)]), Buffer.from([0xff, 0xd9])]);
}

// A lossless picture of that size by its head alone; canvas: the size that the file says it has, where that is another.
export function webpHead(side, canvas) {
  const riff = (type, data) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  };
  const picture = Buffer.alloc(204), extended = Buffer.alloc(10);
  picture[0] = 0x2f;
  picture.writeUInt32LE((side - 1) | ((side - 1) << 14), 1);
  extended.writeUIntLE((canvas ?? side) - 1, 4, 3);
  extended.writeUIntLE((canvas ?? side) - 1, 7, 3);
  return riff('RIFF', Buffer.concat([Buffer.from('WEBP'), ...(canvas ? [riff('VP8X', extended)] : []), riff('VP8L', picture)]));
}

// A PNG of 512 pixels with data, or the text of a chunk, that inflate to so many bytes.
export function pngThatInflates(bytes, { text } = {}) {
  const head = Buffer.alloc(13), data = (size) => deflateSync(Buffer.alloc(size));
  head.writeUInt32BE(512);
  head.writeUInt32BE(512, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
    ...(text ? [chunk(text, Buffer.concat([Buffer.from('C\0\0'), data(bytes)]))] : []), chunk('IDAT', data(text ? 512 * (1 + 512 * 4) : bytes)), chunk('IEND', Buffer.alloc(0))]);
}

// The head of an animation.
export function webpAnimation(side) {
  const b = Buffer.alloc(64);
  b.write('RIFF', 0, 'latin1');
  b.writeUInt32LE(56, 4);
  b.write('WEBPVP8X', 8, 'latin1');
  b.writeUInt32LE(10, 16);
  b[20] = 0x02;
  b.writeUIntLE(side - 1, 24, 3);
  b.writeUIntLE(side - 1, 27, 3);
  return b;
}

const boundary = 'a-boundary-0123456789';

// A multipart body: parts [{ name, value, filename?, type? }]
export function multipart(parts) {
  const body = Buffer.concat([...parts.flatMap(({ name, value, filename, type }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n${type ? `Content-Type: ${type}\r\n` : ''}\r\n`),
    Buffer.from(value), Buffer.from('\r\n')]), Buffer.from(`--${boundary}--\r\n`)]);
  return { body, type: `multipart/form-data; boundary=${boundary}` };
}
