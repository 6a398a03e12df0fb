/** The playground as a visitor with a phone drives it: every penalty chosen, the sliders moved. Runs inside the page, in a frame. */
export const DRIVER = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<iframe width="360" src="/docs/playground.html"></iframe>
<script type="module">
  const send = (report) => fetch('/report', { method: 'POST', body: JSON.stringify(report) });
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  try {
    const frame = document.querySelector('iframe');
    const element = (id) => frame.contentDocument?.getElementById(id);
    while (!element('value')?.value) await wait(20);
    const valueAt = (settings) => {
      for (const [id, value] of Object.entries(settings)) {
        element(id).value = value;
        element(id).dispatchEvent(new Event('input'));
      }
      return Number(element('value').value);
    };
    const penalties = [...element('penalty').options].map(({ value }) => value);
    const wide = penalties.filter((penalty) => {
      valueAt({ penalty });
      const { scrollWidth, clientWidth } = frame.contentDocument.documentElement;
      return scrollWidth > clientWidth;
    });
    const finite = penalties.filter((penalty) => Number.isFinite(valueAt({ penalty })));
    const decov = ['0', '0.9'].map((correlation) => valueAt({ penalty: 'decov', correlation, scale: '1' }));
    const halved = valueAt({ scale: '0.5' });
    const canvas = element('covariance');
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    await send({ penalties, finite, decov, halved, wide, painted: new Set(pixels).size > 3 });
  } catch (error) {
    await send({ error: String(error?.stack ?? error) });
  }
</script>`;
