// Node.js 18 has none of its own.
const table = Int32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++)
    n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

export function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes)
    crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}
