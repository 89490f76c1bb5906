import * as echarts from 'echarts';

type Point = readonly [x: number, y: number];

/** A plot of lines. */
export interface LinePlot {
  readonly xName: string;
  readonly yName: string;
  /** Thin grey curves behind the lines. */
  readonly background?: readonly (readonly Point[])[];
  readonly lines: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

/** Returns a plot as SVG. */
export function plotLines({ xName, yName, background = [], lines }: LinePlot): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 480 });
  const axis = { type: 'value', nameLocation: 'middle', nameGap: 28, scale: true } as const;
  const line = { type: 'line', showSymbol: false } as const;
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    legend: { data: lines.map(({ name }) => name) },
    xAxis: { ...axis, name: xName },
    yAxis: { ...axis, name: yName },
    series: [
      ...background.map((points) => ({
        ...line,
        data: points.map((point) => [...point]),
        lineStyle: { color: '#c8c8c8', width: 1 },
        silent: true,
      })),
      ...lines.map(({ name, points }) => ({
        ...line,
        name,
        data: points.map((point) => [...point]),
        lineStyle: { width: 2 },
      })),
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
