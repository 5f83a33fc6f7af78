// Offers the time zone that this browser says it is in.
'use strict';
(() => {
  const select = document.getElementById('timezone');
  const offer = document.getElementById('timezone-offer');
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

  if (!here || select.value === here || ![...select.options].some(({ value }) => value === here))
    return;
  offer.textContent = offer.dataset.sayOffer.replace('{0}', here);
  offer.hidden = false;
  offer.addEventListener('click', () => {
    select.value = here;
    offer.hidden = true;
    select.focus();
  });
})();
