// The visitor's camera, picture by picture, as planes. Nothing of it leaves the page.
"use strict";
latentdemo.camera = (take, complain, tell) => {
  const WIDTH = 320, HEIGHT = 240;
  let stream = null, running = false, turn = 0; // of `start`: a permission that comes late must not open a second stream

  async function start(element) {
    if (!navigator.mediaDevices) return complain("Browsers lend the camera only to pages that come by https or from this computer.");
    running = true;
    const mine = ++turn;
    let lent;
    try {
      lent = await navigator.mediaDevices.getUserMedia({video: {width: WIDTH, height: HEIGHT}});
    } catch (error) {
      if (mine === turn) running = false;
      return complain(`The camera cannot be used (${error.name}); allow it in the browser, or choose another image.`);
    }
    if (!running || mine !== turn) return lent.getTracks().forEach(track => track.stop());
    stream = lent;
    complain("");
    const video = document.createElement("video");
    Object.assign(video, {srcObject: stream, muted: true, playsInline: true});
    await video.play();
    const canvas = new OffscreenCanvas(WIDTH, HEIGHT), context = canvas.getContext("2d", {willReadFrequently: true});
    const times = [];
    const frame = () => {
      if (!running || mine !== turn) return;
      if (!element.offsetParent) {
        stop();
        return complain("The camera was switched off when its panel was left; choose it again.");
      }
      if (video.readyState >= 2) {
        context.drawImage(video, 0, 0, WIDTH, HEIGHT);
        take(latentdemo.paint.pixels(context.getImageData(0, 0, WIDTH, HEIGHT), false));
        times.push(performance.now());
        if (times.length > 20) times.shift();
        if (times.length > 5) tell(Math.round(1000 * (times.length - 1) / (times[times.length - 1] - times[0])));
      }
      requestAnimationFrame(frame);
    };
    frame();
  }

  function stop() {
    running = false;
    stream?.getTracks().forEach(track => track.stop());
    stream = null;
  }

  return {start, stop};
};
