// Sites in other scripts: Arabic, which runs from right to left, and Chinese, which has no spaces to break lines at.
import { CONFIG } from './small.mjs';

export function arabic() {
  return site({
    language: 'ar',
    title: 'موجز التقنية الصباحي',
    description: 'أخبار موجزة عن الحوسبة السحابية والذكاء الاصطناعي',
    headings: {
      tldr: 'ملخص في ثلاثين ثانية',
      takeaways: 'أهم النقاط',
      competitors: 'تحليل المنافسين',
      implications: 'التوقعات',
      timeline: 'الخط الزمني',
      corrections: 'تصويبات',
    },
    tag: 'السحابة',
    audience: 'فرق المنصات',
    source: 'وكالة المثال',
    companies: ['شركة المثال', 'أنظمة العينة', 'Example Cloud'],
    features: ['عدد المناطق', 'السعر في الساعة', 'الشرائح الخاصة', 'الدعم', 'الضمان', 'التخزين', 'الشبكة', 'الطاقة'],
    values: ['منطقتان', '1.20 دولار', 'غير معروف', 'Trainium2 / نسخة ثالثة', 'خمس'],
    titles: ['تفتتح الشركة منطقتها الثانية وتعلن أسعارًا جديدة لخدمات الحوسبة', 'سعر أقل (Example 3.7) للجميع'],
    sentence: 'انسخ بياناتك إلى المنطقة الثانية قبل نهاية الشهر، فمنطقة واحدة قد تتعطل.',
  });
}

export function chinese() {
  return site({
    language: 'zh',
    title: '每日科技简报',
    description: '关于云计算与人工智能公司的简短新闻',
    headings: {
      tldr: '三十秒摘要',
      takeaways: '要点',
      competitors: '竞争分析',
      implications: '未来影响',
      timeline: '时间线',
      corrections: '更正',
    },
    tag: '云计算',
    audience: '平台团队',
    source: '示例通讯社',
    companies: ['示例云计算股份有限公司', '样本系统', 'Example Cloud'],
    features: ['区域数量', '每小时价格', '自研芯片'],
    values: ['两个', '一美元二十美分', '未知', '第三代自研芯片（限部分区域）', '五个'],
    titles: ['示例云开设第二个区域并公布计算服务的新价格以及客户在月底之前应当完成的迁移步骤'.repeat(4), '「样本系统」下调价格'],
    sentence: '请在月底之前把备份复制到第二个区域，因为单一区域可能同时失效。',
  });
}

function site(words) {
  const headings = Object.entries(words.headings).map(([part, name]) => `headings.${part} = [${quoted(name)}]`);
  return {
    'config.toml': `title = ${quoted(words.title)}
description = ${quoted(words.description)}
default_language = "${words.language}"
${CONFIG}
[extra.dateline]
theme = "dateline"
authority = "example.org,2026"
${headings.join('\n')}
`,
    'content/_index.md': '+++\nsort_by = "date"\n+++\n',
    'content/briefs/_index.md': `+++\ntitle = ${quoted(words.tag)}\nsort_by = "date"\ntransparent = true\n+++\n`,
    'content/compare/all.md': `+++
title = ${quoted(words.headings.competitors)}
[extra.comparison]
companies = [${words.companies.map(quoted).join(', ')}]
features = [${words.features.map(quoted).join(', ')}]
+++
`,
    'content/briefs/2026-04-29-first.md': brief(words, 0),
    'content/briefs/2026-04-30-second.md': brief(words, 1),
    'content/briefs/2025-11-03-third.md': brief(words, 2),
  };
}

function brief(words, index) {
  const date = ['2026-04-29', '2026-04-30', '2025-11-03'][index];
  const rows = words.features.map((feature, row) => {
    const cells = words.companies.map((_, column) => words.values[(row + column + index) % words.values.length]);
    return `| ${feature} | ${cells.join(' | ')} |`;
  });
  return `+++
title = ${quoted(words.titles[index % 2])}
description = ${quoted(words.sentence)}
date = ${date}T08:00:00Z
[taxonomies]
tags = [${quoted(words.tag)}]
audiences = [${quoted(words.audience)}]
[extra.brief]
id = "${['aaaaa2', 'aaaaa3', 'aaaaa4'][index]}"
source = { name = ${quoted(words.source)}, url = "https://example.com/", published = ${date}T07:00:00Z }
collected = ${date}T07:30:00Z
event = "one-event"
analysis = "mixed"
+++

## ${words.headings.tldr}

**What changed:** ${words.sentence}

**Why it matters:** ${words.sentence}

**What to do next:** ${words.sentence}

## ${words.headings.takeaways}

- ${words.sentence}[^note]
- ${words.sentence.repeat(4)}

## ${words.headings.competitors}

| Feature | ${words.companies.join(' | ')} |
|${'---|'.repeat(words.companies.length + 1)}
${rows.join('\n')}

## ${words.headings.implications}

- ${words.sentence}

  - Id: one
  - Due: 2026-12-31
  - Confidence: 60%
  - Resolves if: ${words.sentence}
  - Outcome: open

## ${words.headings.timeline}

- 2025-Q3: ${words.sentence}
- ${date}: ${words.sentence}

## ${words.headings.corrections}

- ${date}: ${words.sentence}

[^note]: [${words.source}](https://example.com/), retrieved ${date}. "${words.sentence}"
`;
}

function quoted(text) {
  return JSON.stringify(text);
}
