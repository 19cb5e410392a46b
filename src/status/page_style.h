// SPDX-License-Identifier: Apache-2.0
// The style of the status page, inline so that one request carries everything. All text has a
// contrast of at least 7:1 against its ground, in both schemes (WCAG 2.1, 1.4.6), because the page
// is read outdoors; state is always a word, colour only underlines it.
#pragma once

namespace lamppost::status {

inline constexpr char kPageStyle[] = R"(:root{color-scheme:light dark;
--ground:#fff;--text:#14181d;--soft:#454d57;--line:#c9cfd6;--card:#f3f5f7;
--ok:#0b5d2c;--warning:#6b4300;--bad:#930f0f;--quiet:#454d57;--link:#0a4a91}
@media(prefers-color-scheme:dark){:root{--ground:#0d1014;--text:#f2f4f6;--soft:#b4bcc6;--line:#353d47;
--card:#181d23;--ok:#6fdc97;--warning:#ffc766;--bad:#ff9d97;--quiet:#b4bcc6;--link:#9cc8ff}}
*{box-sizing:border-box;margin:0}
body{font:1.0625rem/1.45 system-ui,sans-serif;background:var(--ground);color:var(--text)}
header,main,footer{max-width:64rem;margin:auto;padding:1rem}
header{padding-bottom:0}
.banner{background:var(--tone);color:var(--ground);padding:1rem}
.banner .why{font-size:1.1875rem}
h1{font-size:clamp(2.25rem,10vw,3.5rem);line-height:1.05;margin:.25rem 0 .5rem}
.alarm{color:var(--tone);font-weight:700;margin-top:.75rem}
h2{font-size:1.25rem;margin:1.75rem 0 .5rem}
h3{font-size:1.1875rem;display:flex;flex-wrap:wrap;gap:0 .75rem;justify-content:space-between}
h3 b{color:var(--tone)}
p,dd,dt,li{overflow-wrap:anywhere}
.soft,dt,footer{color:var(--soft)}
.soft,footer,.sum{font-size:1rem}
.ok{--tone:var(--ok)}.warning{--tone:var(--warning)}.bad{--tone:var(--bad)}.quiet{--tone:var(--quiet)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem}
.facts div,.cards li{background:var(--card);border-top:.25rem solid var(--tone,var(--line));padding:.625rem .875rem}
.facts dd{font-size:1.5rem;font-weight:700;line-height:1.2}
.facts small{display:block;font-size:1rem;font-weight:400;color:var(--soft);margin-top:.25rem}
.cards{list-style:none;padding:0;display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}
.sum{margin-top:.5rem;font-variant-numeric:tabular-nums}
.sum span,time{white-space:nowrap}
code{font:1em ui-monospace,monospace;background:var(--ground);border:1px solid var(--line);padding:0 .25em;white-space:nowrap}
a{color:var(--link);display:inline-block;padding:.5rem .75rem .5rem 0}
)";

static_assert(sizeof kPageStyle < 3 * 1024, "the style stays under 3 KiB");

}  // namespace lamppost::status
