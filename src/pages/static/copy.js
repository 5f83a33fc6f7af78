// Buttons that copy a field or a text: <button data-copy="ID OF THE ELEMENT" hidden>. Without this script they stay hidden.
'use strict';
for (const button of document.querySelectorAll('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;

  button.hidden = false;
  button.addEventListener('click', async () => {
    if (field.select)
      field.select();
    else
      getSelection().selectAllChildren(field);
    try {
      await navigator.clipboard.writeText(field.value ?? field.textContent);
      button.textContent = 'Copied';
    } catch {
      button.textContent = document.execCommand('copy') ? 'Copied' : 'Press Ctrl+C';
    }
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}
