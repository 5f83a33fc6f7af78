#include "pages/page_colors.h"

#include <math.h>
#include <stdio.h>

#include "base/codec.h"
#include "base/errors.h"

#define CONTRAST_MIN 4.5

/* The cards of gatehouse.css, on which links and letters of that colour stand, and the letters on buttons. */
static const struct color {
        unsigned char rgb[3];
} light_card = { { 0xff, 0xfe, 0xfb } }, dark_card = { { 0x1a, 0x21, 0x1e } }, white = { { 255, 255, 255 } },
  black = { { 0, 0, 0 } };

static bool read_color(struct str text, struct color *ret) {
        return text.len == 7 && text.ptr[0] == '#' &&
               hex_decode(str_from(text, 1), ret->rgb, sizeof(ret->rgb)) == 3;
}

/* WCAG 2.2, "relative luminance". */
static double luminance(struct color c) {
        static const double weights[] = { 0.2126, 0.7152, 0.0722 };
        double sum = 0;

        for (size_t i = 0; i < 3; i++) {
                double v = c.rgb[i] / 255.0;

                sum += weights[i] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
        }
        return sum;
}

/* WCAG 2.2, "contrast ratio": 1 to 21. */
static double contrast(struct color a, struct color b) {
        double la = luminance(a), lb = luminance(b);

        return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

/* `share` of b in a, 0 to 1. */
static struct color mix(struct color a, struct color b, double share) {
        struct color c;

        for (size_t i = 0; i < 3; i++)
                c.rgb[i] = (unsigned char)lround(a.rgb[i] + (b.rgb[i] - a.rgb[i]) * share);
        return c;
}

static struct color readable_on_dark(struct color accent) {
        struct color c = accent;

        for (int percent = 0; contrast(c, dark_card) < CONTRAST_MIN + 2 && percent <= 100; percent += 2)
                c = mix(accent, white, percent / 100.0);
        return c;
}

static void append_color(struct strbuf *out, const char *name, struct color c) {
        strbuf_printf(out, "--%s:#%02x%02x%02x;", name, c.rgb[0], c.rgb[1], c.rgb[2]);
}

static void append_rule(struct strbuf *out, struct color accent, struct color card, struct color towards) {
        append_color(out, "accent", accent);
        append_color(out, "accent-strong", mix(accent, towards, 0.25));
        append_color(out, "on-accent", contrast(accent, white) >= contrast(accent, black) ? white : black);
        append_color(out, "soft", mix(card, accent, 0.12));
}

static int check(const char *setting, struct str text, struct color *ret, struct color card,
                 const char *remedy, char problem[256]) {
        double ratio;

        if (!read_color(text, ret)) {
                (void)snprintf(problem, 256, "%s: write the colour as # and six hex digits, such as #1f6650",
                               setting);
                return -ERR_SETTINGS;
        }
        ratio = contrast(*ret, card);
        if (ratio >= CONTRAST_MIN)
                return 0;
        (void)snprintf(
                problem, 256,
                "%s: " STR_FMT
                " can't be read on the pages' cards (contrast %.1f, at least %.1f is needed); take a %s one",
                setting, STR_ARG(text), ratio, CONTRAST_MIN, remedy);
        return -ERR_SETTINGS;
}

int page_colors_append(struct str accent, struct str accent_dark, struct strbuf *out, char ret_problem[256]) {
        struct color light, dark;
        int r;

        r = check("GATEHOUSE_ACCENT_COLOR", accent, &light, light_card, "darker", ret_problem);
        if (r < 0)
                return r;
        if (accent_dark.len == 0)
                dark = readable_on_dark(light);
        else
                r = check("GATEHOUSE_ACCENT_COLOR_DARK", accent_dark, &dark, dark_card, "lighter",
                          ret_problem);
        if (r < 0)
                return r;
        strbuf_append(out, STR(":root{"));
        append_rule(out, light, light_card, black);
        strbuf_append(out, STR("}@media(prefers-color-scheme:dark){:root{"));
        append_rule(out, dark, dark_card, white);
        strbuf_append(out, STR("}}\n"));
        return out->failed ? -ERR_NO_MEMORY : 0;
}
