// The recorded training of two models: codes of one gallery, samples and losses at each moment, fetched once.
"use strict";
latentdemo.replay = (element, props, watch) => {
  const {make, roles, player, count} = latentdemo.paint, {number} = latentdemo.arithmetic, {classes} = latentdemo;
  const role = roles(element), SIDE = 560, SAMPLES = 16, [W, H, L, B, T] = [1100, 230, 90, 56, 14];
  let models = [];

  const floats = text => new Float32Array(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);

  async function receive({models: wanted, problem}) {
    if (problem) { role.sides.replaceChildren(make("p", {class: "problem"}, problem)); return; }
    if (models.length) return; // what was recorded does not change
    models = await load(wanted).catch(error => { receive({problem: error.message}); return []; });
    if (!models.length) return;
    lay();
    show();
  }

  const load = wanted => Promise.all(wanted.map(async model => {
    const answer = await fetch(`pixels/moments/${encodeURIComponent(model.name)}`), found = await answer.json();
    if (!answer.ok) throw new Error(found.error);
    const codes = floats(found.codes), sheet = await createImageBitmap(await (await fetch(found.samples)).blob());
    const sorted = codes.map(Math.abs).sort();
    return {...model, ...found, codes, sheet, limit: sorted[Math.floor(0.998 * sorted.length)], side: sheet.width / SAMPLES};
  }));

  function lay() {
    role.t.max = models[0].epochs.length - 1; // before the value, which it would cut off
    role.t.value = role.t.max;
    role.sides.replaceChildren(...models.map(model => {
      model.canvas = make("canvas", {role: "img", "aria-label": `${model.title}: codes of test digits`, width: SIDE, height: SIDE});
      model.samplesCanvas = make("canvas", {role: "img", "aria-label": `${model.title}: sixteen samples`, width: 8 * model.side, height: 2 * model.side, class: "hard"});
      model.caption = make("figcaption", {});
      return make("section", {class: model.css}, make("h3", {}, model.title), make("figure", {class: "view"}, model.canvas, model.caption), model.samplesCanvas);
    }));
    role.curve.innerHTML = curve();
    role.note.textContent = `Epochs are passes through the training images; errors are measured on the ${models[0].labels.length.toLocaleString("en")} test images shown. Each plane keeps one scale; a few codes lie outside.`;
  }

  const x = t => L + t / (models[0].epochs.length - 1) * (W - L - 30);

  // MSE of both models at each moment; the moments stand at even distances, their epochs below.
  function curve() {
    const top = Math.max(...models.flatMap(model => model.losses.map(([mse]) => mse))), y = mse => H - B - mse / top * (H - B - T);
    const text = (px, py, content, anchor) => `<text x="${px}" y="${py}" text-anchor="${anchor}">${content}</text>`;
    const lines = models.map(model => `<polyline class="${model.css}" points="${model.losses.map(([mse], t) => `${x(t)},${y(mse)}`).join(" ")}"/>`);
    const ticks = models[0].epochs.map((epoch, t) => text(x(t), H - B + 24, number(Number(epoch.toPrecision(2))), "middle"));
    return `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="MSE of both models at each moment"><line class="axis" x1="${L}" x2="${W - 30}" y1="${y(0)}" y2="${y(0)}"/>` +
      `${text(L - 10, y(0) + 7, "0", "end")}${text(L - 10, y(top) + 7, number(Number(top.toPrecision(2))), "end")}<line class="now" data-role="marker" y1="${T}" y2="${y(0)}"/>` +
      `${lines.join("")}${ticks.join("")}${text((L + W) / 2, H - 6, "MSE of the digits shown, by epoch", "middle")}</svg>`;
  }

  function show() {
    if (!models.length) return;
    const t = Number(role.t.value);
    role.where.textContent = `${t + 1} of ${models[0].epochs.length}: epoch ${Number(models[0].epochs[t].toPrecision(2))}`;
    for (const end of ["x1", "x2"]) role.marker.setAttribute(end, x(t));
    for (const model of models) {
      dots(model, t);
      const context = model.samplesCanvas.getContext("2d");
      for (let i = 0; i < SAMPLES; i++) context.drawImage(model.sheet, i * model.side, t * model.side, model.side, model.side, (i % 8) * model.side, Math.floor(i / 8) * model.side, model.side, model.side);
      count(model.canvas);
      count(model.samplesCanvas);
      const [mse, kl, elbo] = model.losses[t];
      model.caption.textContent = `MSE ${mse.toFixed(4)}` + (kl === null ? "" : `, KL ${kl.toFixed(2)} nats, −ELBO ${elbo.toFixed(1)} nats`) + `; the plane shows ±${number(Number(model.limit.toPrecision(2)))}`;
    }
  }

  function dots(model, t) {
    const context = model.canvas.getContext("2d"), n = model.labels.length;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIDE, SIDE);
    Object.assign(context, {font: "bold 15px sans-serif", textAlign: "center", textBaseline: "middle"});
    for (let i = 0; i < n; i++) {
      const x = SIDE / 2 * (1 + 0.96 * model.codes[2 * (t * n + i)] / model.limit), y = SIDE / 2 * (1 - 0.96 * model.codes[2 * (t * n + i) + 1] / model.limit);
      context.fillStyle = classes[model.labels[i] % classes.length];
      context.fillText(model.labels[i], x, y);
    }
  }

  function read() {
    if (!props.value) return; // it comes when the panel is opened
    receive(typeof props.value === "string" ? JSON.parse(props.value) : props.value);
  }

  role.t.oninput = show;
  player(role.play, () => {
    role.t.value = (Number(role.t.value) + 1) % (Number(role.t.max) + 1);
    show();
  }, 800);
  watch("value", read);
  read();
};
