// Buttons that copy a field or a text: <button data-copy="ID OF THE ELEMENT" hidden>. Without this script they stay hidden.
'use strict';
for (const button of document.querySelectorAll('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent, name = button.getAttribute('aria-label');

  button.hidden = false;
  button.addEventListener('click', async () => {
    if (field.select)
      field.select();
    else
      getSelection().selectAllChildren(field);
    try {
      await navigator.clipboard.writeText(field.value ?? field.textContent);
      button.textContent = button.dataset.sayCopied;
    } catch {
      button.textContent = document.execCommand('copy') ? button.dataset.sayCopied : button.dataset.sayByHand;
    }
    button.removeAttribute('aria-label'); // what it says now is what is to be heard
    setTimeout(() => {
      button.textContent = label;
      if (name)
        button.setAttribute('aria-label', name);
    }, 2500);
  });
}
