// Where the window of connect.js ends: tells the page that opened it, and closes.
'use strict';
new BroadcastChannel('gatehouse-integrations').postMessage('done');
window.close();
