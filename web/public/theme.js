// Before the first paint: the look chosen on this device, so that no page
// flashes in another theme. It stands alone because a strict content policy
// allows no inline script. Keep the key and the fields equal to app/look.ts.
{
  const html = document.documentElement
  let look = {}
  try {
    look = JSON.parse(localStorage.getItem('tidings.look') ?? '{}')
  } catch {
    // Storage may be refused or hold nonsense: the defaults are fine.
  }
  if (look.theme === 'light' || look.theme === 'dark') html.dataset.theme = look.theme
  if (look.theme === 'contrast') html.dataset.contrast = 'more'
  if (look.density === 'compact') html.dataset.density = 'compact'
  if (look.textSize >= 87 && look.textSize <= 150) html.style.fontSize = `${look.textSize}%`
  if (look.motion === 'less') html.dataset.motion = 'less'
  if (typeof look.language === 'string') {
    html.lang = look.language
    if (look.language === 'ar') html.dir = 'rtl'
  }
}
