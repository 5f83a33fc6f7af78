// Node 18 keeps the Web Cryptography API that client libraries stand on behind a module.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
