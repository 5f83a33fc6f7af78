// The clock of the system that a server runs in, ahead of this one's: a system's clock that jumps is what a server follows
// (src/base/clock.h), so time moves in it without a door for tests in the product.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildDir } from './programs.mjs';

const library = resolve(buildDir, 'tests/lib/system_clock.so');

export class SystemClock {
  ahead = 0; // ms

  constructor(folder) {
    assert.ok(existsSync(library), `${library} is built with the unit tests`);
    this.path = join(folder, 'clock');
    this.advance(0);
  }

  // Whatever is preloaded comes before AddressSanitizer's own, which it need not mind: clock_gettime() alone is replaced.
  get environment() {
    const asan = [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean).join(':');
    return { LD_PRELOAD: library, ASAN_OPTIONS: asan, SYSTEM_CLOCK_AHEAD: this.path };
  }

  advance(ms) {
    const ahead = Buffer.alloc(8);
    this.ahead += ms;
    ahead.writeBigInt64LE(BigInt(this.ahead));
    writeFileSync(this.path, ahead, { flag: existsSync(this.path) ? 'r+' : 'w' }); // in its place: it is mapped
  }

  now() {
    return Date.now() + this.ahead;
  }
}
