// For `NODE_OPTIONS=--import`: this process, and its threads, live FAKE_CLOCK_MS milliseconds ahead.

const ahead = Number(process.env.FAKE_CLOCK_MS)
const RealDate = Date

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + ahead)
    else super(...args)
  }

  static now() {
    return RealDate.now() + ahead
  }
}
