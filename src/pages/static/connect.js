// Opens providers in a window of their own, and goes on to where the form leads back when one is done: this page anew, or another.
// Without this script the whole page goes there.
// That window loses its opener on the way (Cross-Origin-Opener-Policy), so it tells of its end by a channel.
'use strict';
(() => {
  const WINDOW = 'popup,width=560,height=760';
  let serial = 0;

  for (const form of document.querySelectorAll('form[data-popup]')) {
    form.addEventListener('submit', (event) => {
      const name = `gatehouse-connect-${Date.now()}-${serial++}`;

      if (!window.open('about:blank', name, WINDOW))
        return; // blocked: the whole page goes
      event.preventDefault();
      const popup = document.createElement('input');
      Object.assign(popup, { type: 'hidden', name: 'popup', value: 'yes' });
      form.append(popup);
      form.target = name;
      form.submit();
      form.removeAttribute('target');
      popup.remove();
    });
  }
  new BroadcastChannel('gatehouse-integrations').addEventListener('message', () => {
    const back = document.querySelector('form[data-popup] [name=return_to]');

    if (!back || new URL(back.value, location.href).href === location.href)
      location.reload();
    else
      location.replace(back.value);
  });
})();
