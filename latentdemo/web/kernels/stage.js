// What the panels of the kernels' tab share: the visitor's picture as planes, the kernels, and when to redraw.
"use strict";
latentdemo.stage = (() => {
  const panels = [];
  let current = null, turns = 0; // {picture: see paint.pixels, kernels, examples}; pictures that have come

  // Python's value: {src: data address, grey, kernels: [{name, rows, divisor, meaning}], examples: […]}.
  async function receive(value) {
    const turn = ++turns;
    const answer = await fetch(value.src);
    const bitmap = await createImageBitmap(await answer.blob(), {colorSpaceConversion: "none", premultiplyAlpha: "none"});
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const data = context.getImageData(0, 0, bitmap.width, bitmap.height);
    if (turn !== turns) return; // a newer one was unpacked sooner
    current = {...value, picture: latentdemo.paint.pixels(data, value.grey)};
    panels.forEach(show => show(current));
  }

  // The address is taken out of the component once it is read: Gradio carries every value along with every event, and
  // 200 KB of it cost a third of the pictures per second of a drag.
  function source(props, watch) {
    const read = () => {
      if (!props.value) return;
      const value = typeof props.value === "string" ? JSON.parse(props.value) : props.value;
      receive(value);
      props.value = null;
    };
    watch("value", read);
    read();
  }

  // `show(stage)` is called now, if there is a picture, and whenever another one comes.
  function join(show) {
    panels.push(show);
    if (current) show(current);
  }

  // A preset's numbers, divided.
  function kernel(name) {
    const {rows, divisor} = current.kernels.find(kernel => kernel.name === name);
    return latentdemo.arithmetic.scale(latentdemo.arithmetic.fromRows(rows), 1 / divisor);
  }

  return {source, join, kernel};
})();
