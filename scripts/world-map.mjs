// Makes style/public/world.svg, the map of countries, and the list of their
// names, app/src/pages/geo/names.rs. Both are checked in; run this again only to
// change them:
//
//   npm install --no-save world-atlas@2 topojson-client@3 i18n-iso-countries@7
//   node scripts/world-map.mjs && npm ci
//
// The outlines are Natural Earth's, which are in the public domain.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.PACKAGES ?? import.meta.url);
const { feature } = require("topojson-client");
const countries = require("i18n-iso-countries");
const names = require("i18n-iso-countries/langs/en.json").countries;

const WIDTH = 1000;
/** What is drawn of the globe: no Antarctica. */
const [SOUTH, NORTH] = [-57, 84];

/** The Natural Earth projection, in units of the map. */
function project([longitude, latitude]) {
  const [l, p] = [(longitude * Math.PI) / 180, (Math.max(SOUTH, Math.min(NORTH, latitude)) * Math.PI) / 180];
  const p2 = p * p;
  const p4 = p2 * p2;
  const x = l * (0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4)));
  const y = p * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4)));
  const scale = WIDTH / (2 * 0.8707 * Math.PI);
  return [WIDTH / 2 + x * scale, -y * scale];
}

const top = project([0, NORTH])[1];
const height = Math.round(project([0, SOUTH])[1] - top);
const place = (point) => {
  const [x, y] = project(point);
  return [Math.round(x * 2), Math.round((y - top) * 2)];
};

/** Countries on both sides of 180° are drawn in one piece, over the edge of the map. */
function unwrapped(points) {
  let last = points[0][0];
  return points.map(([longitude, latitude]) => {
    last = longitude + 360 * Math.round((last - longitude) / 360);
    return [last, latitude];
  });
}

function ring(points) {
  const placed = unwrapped(points).map(place);
  let path = "";
  let last;
  for (const [x, y] of placed) {
    if (!last) path += `M${x} ${y}`;
    else if (x !== last[0] || y !== last[1]) path += `l${x - last[0]} ${y - last[1]}`.replace(" -", "-");
    last = [x, y];
  }
  const flat = new Set(placed.map(String)).size < 3;
  return flat ? "" : `${path}z`;
}

const polygons = ({ type, coordinates }) => (type === "Polygon" ? [coordinates] : coordinates);
const atlas = (detail) => {
  const world = JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${detail}.json`), "utf8"));
  return feature(world, world.objects.countries).features;
};

const paths = new Map();
for (const { id, geometry } of atlas("110m")) {
  const code = countries.numericToAlpha2(id);
  if (!code || code === "AQ") continue;
  const path = polygons(geometry).map((rings) => rings.map(ring).join("")).join("");
  if (path) paths.set(code, path);
}
// Countries too small for that outline are dots where the larger map has them.
for (const { id, geometry } of atlas("50m")) {
  const code = countries.numericToAlpha2(id);
  if (!code || code === "AQ" || paths.has(code)) continue;
  const outer = polygons(geometry).map((rings) => rings[0]).sort((a, b) => b.length - a.length)[0];
  const mean = (axis) => outer.reduce((sum, point) => sum + point[axis], 0) / outer.length;
  const [x, y] = place([mean(0), mean(1)]);
  paths.set(code, `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z`);
}

const drawn = [...paths].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, path]) => `<path id="${code}" d="${path}"/>`);
const all = `<g id="all">${drawn.join("\n")}</g>`;
writeFileSync(
  "style/public/world.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * 2} ${height * 2}">\n${all}\n</svg>\n`,
);

const named = Object.entries(names)
  .map(([code, name]) => [code, Array.isArray(name) ? name[0] : name, paths.has(code)])
  .sort(([a], [b]) => (a < b ? -1 : 1));
const rows = named.map(([code, name, has]) => `    (${JSON.stringify(code)}, ${JSON.stringify(name)}, ${has}),`);
writeFileSync(
  "app/src/pages/geo/names.rs",
  `//! Countries by their code (ISO 3166-1). Made by \`scripts/world-map.mjs\`.

/// The size of the map.
pub(super) const VIEW_BOX: &str = "0 0 ${WIDTH * 2} ${height * 2}";

/// Code, name, and whether the map has it; in the order of the codes.
pub(super) const COUNTRIES: [(&str, &str, bool); ${rows.length}] = [
${rows.join("\n")}
];
`,
);
