// A certificate authority of one's own, as organisations run them, and a server's certificate of it for this computer.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

// file: the authority's certificate; key, cert: the server's, as node:https takes them
export function authority(folder, name = 'localhost') {
  const path = (file) => join(folder, `authority-${file}`);
  openssl('req', '-x509', ...NEW_KEY, '-days', '2', '-subj', '/CN=An authority', '-addext', 'basicConstraints=critical,CA:TRUE',
    '-keyout', path('key.pem'), '-out', path('ca.pem'));
  openssl('req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', path('server-key.pem'), '-out', path('server.csr'));
  writeFileSync(path('server.ext'), `subjectAltName=DNS:${name}`);
  openssl('x509', '-req', '-in', path('server.csr'), '-CA', path('ca.pem'), '-CAkey', path('key.pem'), '-CAcreateserial', '-days', '2',
    '-extfile', path('server.ext'), '-out', path('server.pem'));
  return { file: path('ca.pem'), key: readFileSync(path('server-key.pem')), cert: readFileSync(path('server.pem')) };
}
