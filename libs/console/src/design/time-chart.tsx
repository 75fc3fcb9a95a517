/** Counts over time as stacked bars: drawn by uPlot, in the colours of the theme, with what is under the pointer in words. */
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useAxisTime, useMoment, useNumber } from './format.js';
import css from './time-chart.module.css';

export interface ChartSeries {
  label: string;
  /** The name of a custom property. */
  color: string;
  values: readonly number[];
}

interface Props {
  label: string;
  /** ISO times at which the buckets begin. */
  times: readonly string[];
  series: readonly ChartSeries[];
  height?: number;
}

export function TimeChart({ label, times, series, height = 240 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const theme = useComputedColorScheme('light');
  const moment = useMoment();
  const number = useNumber();
  const axisTime = useAxisTime();
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const chart = new uPlot(
      {
        ...optionsOf(series, number, axisTime),
        width: element.clientWidth,
        height,
        hooks: { setCursor: [(u) => setAt(u.cursor.idx ?? null)] },
      },
      dataOf(times, series),
      element,
    );
    const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
    // The theme's colours are read from the page when it is drawn.
  }, [times, series, height, theme, number, axisTime]);
  return (
    <figure className={css.figure}>
      <div ref={box} role="img" aria-label={label} className={css.plot} />
      <figcaption className={css.legend}>
        {series.map(({ label: name, color, values }) => (
          <span key={name}>
            <i data-series={color} aria-hidden="true" />
            {name}
            <b>{number(at === null ? values.reduce((sum, value) => sum + value, 0) : (values[at] ?? 0))}</b>
          </span>
        ))}
        <span className="muted">{at === null ? ' ' : moment(times[at] ?? null)}</span>
      </figcaption>
    </figure>
  );
}

/** uPlot draws each series from the ground: the whole first, then what lies on top of it. */
function dataOf(times: readonly string[], series: readonly ChartSeries[]): uPlot.AlignedData {
  const stacked = series.map((_, n) =>
    times.map((_time, at) => series.slice(n).reduce((sum, { values }) => sum + (values[at] ?? 0), 0)),
  );
  return [times.map((time) => Date.parse(time) / 1_000), ...stacked];
}

function optionsOf(
  series: readonly ChartSeries[],
  number: (value: number) => string,
  axisTime: (times: readonly number[]) => string[],
): Omit<uPlot.Options, 'width' | 'height'> {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color('--muted'),
    font: `11px ${color('--font')}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  const bars = uPlot.paths.bars?.({ size: [0.82, 48], gap: 0 });
  return {
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { range: (u, min, max) => widened(u.data[0], min, max) },
      y: { range: (_u, _min, max) => [0, Math.max(4, max * 1.08)] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        values: (_u, splits) => axisTime(splits.map((seconds) => seconds * 1_000)),
      },
      {
        ...axis,
        size: 52,
        values: (_u, splits) => splits.map((value) => (Number.isInteger(value) ? number(value) : '')),
      },
    ],
    series: [
      {},
      ...series.map(({ label, color: name }) => ({
        label,
        fill: color(name),
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      })),
    ],
  };
}

/** Half a bucket more on both sides, so that the first and the last bar are whole. */
function widened(times: ArrayLike<number>, min: number, max: number): [number, number] {
  const half = ((times[1] ?? 0) - (times[0] ?? 0)) / 2;
  return [min - half, max + half];
}
