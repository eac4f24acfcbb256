// What day and time it is in Shanghai for the simulated upstream: live, or fixed so that a test can move it.

/** A moment in Shanghai: `date` is YYYYMMDD, `time` is HH:MM. */
export type Moment = { readonly date: string; readonly time: string };

/** The fixed parts; an absent part follows the real clock. A fixed day without a time means the end of that day. */
export type ClockSetting = { readonly today?: string | undefined; readonly time?: string | undefined };

export type Clock = { now(): Moment; set(setting: ClockSetting): void };

const shanghaiAheadMs = 8 * 3600 * 1000; // no daylight saving since 1991

/** Makes a clock; throws when the setting is not YYYYMMDD and HH:MM. */
export function makeClock(initial: ClockSetting): Clock {
  let fixed = checked(initial);
  return {
    now() {
      const live = new Date(Date.now() + shanghaiAheadMs).toISOString();
      const date = fixed.today ?? live.slice(0, 10).replaceAll("-", "");
      return { date, time: fixed.time ?? (fixed.today === undefined ? live.slice(11, 16) : "23:59") };
    },
    set(setting) {
      fixed = checked(setting);
    },
  };
}

function checked(setting: ClockSetting): ClockSetting {
  const { today, time } = setting;
  if (today !== undefined && !/^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(today)) {
    throw new RangeError(`today is ${JSON.stringify(today)}, expected YYYYMMDD such as 20250403`);
  }
  if (time !== undefined && !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) {
    throw new RangeError(`time is ${JSON.stringify(time)}, expected HH:MM such as 16:00`);
  }
  return { today, time };
}
