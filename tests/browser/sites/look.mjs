// The look of a publisher who chose badly: an accent that is no colour for text, long names, every key in use.
export const LOOK = `
[extra.dateline.look]
name = "The Rather Long Name of a Morning Briefing about Computers, Clouds and Companies"
accent = "#ffd500"
navigation = [
  { name = "Weekly", path = "/weekly/" },
  { name = "Every comparison of companies that we keep", path = "/compare/" },
  { name = "Predictions", path = "/predictions/" },
]
footer = "Written by *nobody*. See [the archive](/archive/)."
social = [
  { name = "Example", url = "https://social.example.org/@dateline" },
  { name = "Sample", url = "https://sample.example.org/dateline" },
]

[extra.dateline.look.fonts]
text = "Georgia, serif"
headings = "Verdana, sans-serif"
data = "'Courier New', monospace"
`;
