/// The page's looks: dark on light, system fonts, one column that becomes narrower on a phone; wide tables scroll in their own frame.
enum Stylesheet {
  static let css = """
    :root { color-scheme: light; }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0 auto; max-width: 1080px; padding: 1.5rem 1.25rem 4rem; background: #fff; color: #1a1a1a;
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; overflow-wrap: break-word; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
    h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid #d0d0d0; }
    h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
    p, li { max-width: 48rem; }
    a { color: #00558a; }
    .subtitle { margin: 0 0 1rem; color: #555; }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; padding: 0; margin: 0; }
    nav li { max-width: none; }
    .headlines { padding: .9rem 1rem .9rem 2rem; background: #f1f6fa; border-left: 4px solid #0072b2; }
    .headlines li { max-width: none; }
    .headlines li + li { margin-top: .5rem; }
    .warnings { background: #fdf3ec; border-left-color: #d55e00; }
    .scroll { overflow-x: auto; margin: .5rem 0; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .94rem; line-height: 1.35; }
    .caption { font-size: .95rem; line-height: 1.35; max-width: 48rem; margin: 1.75rem 0 0; }
    th, td { padding: .4rem .8rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #e2e2e2; }
    thead th { border-bottom: 2px solid #888; vertical-align: bottom; }
    tbody th { position: relative; font-weight: 400; min-width: 11rem; max-width: 20rem; padding-right: 1.2rem; }
    tbody th:has(.swatch) { padding-left: 1.3rem; }
    td { min-width: 5.7rem; max-width: 26rem; }
    td small, th small { display: block; color: #5c5c5c; font-weight: 400; font-size: .8rem; }
    tr.stands > * { font-weight: 600; }
    .extra { white-space: nowrap; }
    .weak { white-space: nowrap; color: #767676; }
    .swatch { position: absolute; left: 0; top: .68em; width: .75em; height: .75em; border-radius: 2px; }
    .note { color: #4a4a4a; font-size: .88rem; margin: .3rem 0; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 1.5rem; align-items: start; margin: 1.25rem 0; }
    figure { margin: 0; min-width: 0; max-width: 540px; }
    figure > img { display: block; width: 100%; height: auto; }
    figcaption { font-size: .88rem; color: #4a4a4a; margin-top: .35rem; }
    .pixels { image-rendering: pixelated; }
    .classes { display: grid; align-items: end; justify-items: center; font-size: .78rem; line-height: 1; margin-bottom: .3rem; }
    .classes span { writing-mode: vertical-rl; transform: rotate(180deg); }
    .strip { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; margin-top: .75rem; }
    .strip figcaption { font-size: .78rem; margin-top: .15rem; }
    #table-evaluations th, #table-evaluations td { min-width: 4.4rem; padding-right: .6rem; }
    #table-evaluations tbody th { min-width: 8.5rem; }
    #table-evaluations td:nth-child(3) { min-width: 12.5rem; }
    #table-evaluations td:nth-child(6) { min-width: 7rem; }
    details { margin: 1rem 0; }
    summary { cursor: pointer; }
    :target { scroll-margin-top: .5rem; }
    @media (max-width: 560px) {
      body { padding: 1rem .8rem 3rem; font-size: 15px; }
      h1 { font-size: 1.4rem; }
      tbody th { min-width: 8.5rem; max-width: 9rem; padding-right: .7rem; }
    }
    @media print { .scroll { overflow: visible; } body { max-width: none; } }
    """
}
