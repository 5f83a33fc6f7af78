// Where a sign-in for the API reference ends: hands the answer to the page that asked for it, and closes the window.
'use strict';
(() => {
  const PATIENCE = 3000; // ms
  const answer = Object.fromEntries(new URLSearchParams(location.search));
  const channel = new BroadcastChannel('gatehouse-api-reference');

  history.replaceState(null, '', location.pathname); // the code stays in no history
  const giveUp = setTimeout(() => {
    document.getElementById('told').hidden = true;
    document.getElementById('untold').hidden = false;
  }, PATIENCE);
  channel.addEventListener('message', ({ data }) => {
    if (data.taken !== answer.state)
      return;
    clearTimeout(giveUp);
    window.close();
  });
  channel.postMessage({ answer });
})();
