// The stream of events: open while somebody sees the page, opened again when it was lost, and seen to be alive.
//
// EventSource comes back by itself after a stream that ended, and tells the server what it has. It gives up where it is
// refused, and does not see a line that is dead; both are looked after here.

const QUIET_MS = 25000; // the server beats every ten seconds
const AGAIN_MS = [1000, 2000, 4000, 8000, 15000];

export function listen(address, parts, onLink) {
  let source = null;
  let heard = 0;
  let tries = 0;
  let timer = 0;
  let lost = 0;

  const alive = () => {
    heard = performance.now();
    tries = 0;
    clearTimeout(lost);
    lost = 0;
    onLink("live");
  };
  const close = () => {
    clearTimeout(timer);
    timer = 0;
    source?.close();
    source = null;
  };
  const losing = (word) => {
    lost ||= setTimeout(() => onLink(word), 3000); // a stream that comes back at once was never lost
  };
  const again = () => {
    close();
    timer = setTimeout(open, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
  };
  function open() {
    close();
    if (document.hidden) return;
    heard = performance.now();
    source = new EventSource(address);
    source.addEventListener("open", alive);
    source.addEventListener("stop", () => {
      onLink("stopping");
      again();
    });
    source.addEventListener("error", () => {
      losing("lost");
      if (source?.readyState === EventSource.CLOSED) again();
    });
    for (const [name, take] of Object.entries(parts)) {
      source.addEventListener(name, (event) => {
        alive();
        take(JSON.parse(event.data));
      });
    }
  }
  setInterval(() => {
    if (source && performance.now() - heard > QUIET_MS) {
      losing("lost");
      again();
    }
  }, 5000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      close();
      onLink("paused");
    } else if (!source) open();
  });
  addEventListener("pagehide", close);
  open();
}
