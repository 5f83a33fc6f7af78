// Shows the image that was chosen before it is sent, and says at once what is wrong with it. The server judges by itself.
'use strict';
(() => {
  const file = document.getElementById('file');
  const problem = document.getElementById('file-problem');
  const preview = document.getElementById('file-preview');
  const limits = problem.dataset;

  const say = (text, ...values) => {
    const said = text.replace(/\{(\d)\}/g, (place, i) => values[i]);

    document.getElementById('file-error')?.remove();
    problem.textContent = said;
    problem.hidden = !said;
    file.setCustomValidity(said);
    file.removeAttribute('aria-invalid');
    if (said)
      file.setAttribute('aria-invalid', 'true');
  };

  const judge = ({ width, height }) => {
    if (width !== height)
      say(limits.saySquare, width, height);
    else if (width < limits.least || width > limits.most)
      say(limits.saySide, width);
  };

  file.addEventListener('change', async () => {
    const [chosen] = file.files;

    say('');
    preview.hidden = true;
    if (!chosen)
      return;
    if (chosen.size > limits.bytes) {
      say(limits.sayBytes);
      return;
    }
    const image = await createImageBitmap(chosen).catch(() => null);
    if (chosen !== file.files[0])
      return; // another one meanwhile
    if (!image) {
      say(limits.sayImage);
      return;
    }
    judge(image);
    const shrink = Math.min(preview.width / image.width, preview.height / image.height), pen = preview.getContext('2d');
    pen.clearRect(0, 0, preview.width, preview.height);
    pen.drawImage(image, 0, 0, image.width * shrink, image.height * shrink);
    preview.hidden = false;
    image.close();
  });
})();
