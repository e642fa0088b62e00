// Four ways from a to b: sheets of frames that came with the panel, so that scrubbing asks nobody.
"use strict";
latentdemo.between = (element, props, watch) => {
  const {make, roles, player, count} = latentdemo.paint, {number} = latentdemo.arithmetic;
  const role = roles(element), FILM = 9, TALL = 320, [W, H, L, B, T] = [760, 330, 70, 52, 26];
  let data = null, views = [], turns = 0;

  async function receive(value) {
    const turn = ++turns;
    const sheets = await Promise.all(value.lanes.map(async lane => createImageBitmap(await (await fetch(lane.src)).blob())));
    if (turn !== turns) return; // other images were chosen meanwhile
    data = {...value, sheets, steps: sheets[0].width / value.side};
    role.t.max = data.steps - 1;
    lay();
    show();
  }

  function lay() {
    views = data.lanes.map((lane, i) => {
      const canvas = make("canvas", {role: "img", "aria-label": lane.title, width: TALL, height: TALL, class: data.side <= 32 ? "hard" : ""});
      const caption = make("figcaption", {class: `lane${i}`});
      return {canvas, caption, figure: make("figure", {class: "view"}, canvas, caption)};
    });
    role.now.replaceChildren(...views.map(view => view.figure));
    role.films.replaceChildren(...data.lanes.map((lane, i) => film(lane, i)));
    role.curve.innerHTML = curve();
    role.note.textContent = `${data.usual === null ? "The network that measures distances is missing." :
      `Distance: to the nearest of ${data.n_real.toLocaleString("en")} real images, in the features of our own network for this data set. A real image lies ${number(data.usual)} from the nearest other one (median; dashed). Near says that this network sees little difference, not that the picture looks right.`} ${data.note}`;
  }

  function frame(context, sheet, step, x, y, side) {
    context.imageSmoothingEnabled = data.side > 32;
    context.imageSmoothingQuality = "high";
    context.drawImage(sheet, step * data.side, 0, data.side, data.side, x, y, side, side);
  }

  function film(lane, i) {
    const canvas = make("canvas", {role: "img", "aria-label": `${lane.title}, nine of its steps`, width: FILM * 72, height: 72});
    const at = Array.from({length: FILM}, (_, k) => Math.round(k * (data.steps - 1) / (FILM - 1)));
    at.forEach((step, k) => frame(canvas.getContext("2d"), data.sheets[i], step, 72 * k, 0, 72));
    count(canvas);
    const numbers = at.map(step => make("span", {}, lane.distances.length ? `${Number(lane.distances[step].toPrecision(2))}` : ""));
    return make("figure", {class: "film"}, make("figcaption", {class: `lane${i}`}, lane.title), canvas, make("div", {class: "ticks"}, ...numbers));
  }

  const x = step => L + step / (data.steps - 1) * (W - L - 12);

  function curve() {
    if (!data.lanes[0].distances.length) return "";
    const top = 1.08 * Math.max(data.usual, ...data.lanes.flatMap(lane => lane.distances));
    const y = value => H - B - value / top * (H - B - T);
    const text = (px, py, content, anchor) => `<text x="${px}" y="${py}" text-anchor="${anchor}">${content}</text>`;
    const lines = data.lanes.map((lane, i) => `<polyline class="lane${i}" points="${lane.distances.map((d, k) => `${x(k)},${y(d)}`).join(" ")}"/>`);
    return `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="Distance to the nearest real image, against the step, for each lane">` +
      `<line class="axis" x1="${L}" x2="${W - 12}" y1="${y(0)}" y2="${y(0)}"/>${text(L - 8, y(0) + 7, "0", "end")}` +
      `<line class="usual" x1="${L}" x2="${W - 12}" y1="${y(data.usual)}" y2="${y(data.usual)}"/>${text(L - 8, y(data.usual) + 7, number(Number(data.usual.toPrecision(2))), "end")}` +
      `<line class="now" data-role="marker" y1="${T}" y2="${y(0)}"/>${lines.join("")}` +
      `${text(x(0), H - B + 26, "a", "middle")}${text(x(data.steps - 1), H - B + 26, "b", "end")}${text((L + W) / 2, H - 8, "distance to the nearest real image, step by step", "middle")}</svg>`;
  }

  function show() {
    if (!data) return;
    const step = Number(role.t.value);
    role.where.textContent = `${step} of ${data.steps - 1}`;
    views.forEach((view, i) => {
      const context = view.canvas.getContext("2d"), far = data.lanes[i].distances[step];
      frame(context, data.sheets[i], step, 0, 0, TALL);
      count(view.canvas);
      view.caption.textContent = data.lanes[i].title + (far === undefined ? "" : `: ${number(Number(far.toPrecision(3)))} from the nearest real image`);
    });
    const marker = role.marker;
    if (marker) { marker.setAttribute("x1", x(step)); marker.setAttribute("x2", x(step)); }
  }

  // As in stage.js: what was read leaves the component, or every event would carry it.
  function read() {
    if (!props.value) return;
    receive(typeof props.value === "string" ? JSON.parse(props.value) : props.value);
    props.value = null;
  }

  role.t.oninput = show;
  player(role.play, () => {
    if (!data) return;
    role.t.value = (Number(role.t.value) + 1) % data.steps;
    show();
  }, 90);
  watch("value", read);
  read();
};
