// LibXSLTPeer STYLESHEET MESSAGE [NAME=VALUE…]: applies a stylesheet, compiled once, to one message again and again.
// It says its name when it is ready. Then each line of its input is a request: "output" is answered with what the
// stylesheet makes of the message, a number N with the nanoseconds of CPU that N messages took, parsing included.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/parser.h>
#include <libxslt/transform.h>
#include <libxslt/xslt.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>

static void fail(const char *what) {
    fprintf(stderr, "LibXSLTPeer: %s\n", what);
    exit(1);
}

static char *contents(const char *path, int *length) {
    FILE *file = fopen(path, "rb");
    if (!file) fail("cannot open the message");
    if (fseek(file, 0, SEEK_END) != 0) fail("cannot read the message");
    long size = ftell(file);
    rewind(file);
    char *bytes = size < 0 ? NULL : malloc((size_t)size + 1);
    if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size) fail("cannot read the message");
    fclose(file);
    *length = (int)size;
    return bytes;
}

static long long nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// Returns the text, which the caller frees.
static xmlChar *transform(
    xsltStylesheetPtr stylesheet, xmlParserCtxtPtr parser, const char *bytes, int length, const char **parameters) {
    xmlDocPtr document = xmlCtxtReadMemory(parser, bytes, length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    if (!document) fail("the message is malformed");
    xmlDocPtr result = xsltApplyStylesheet(stylesheet, document, parameters);
    if (!result) fail("the stylesheet failed");
    xmlChar *text = NULL;
    int size = 0;
    if (xsltSaveResultToString(&text, &size, result, stylesheet) != 0 || !text) fail("there is no result");
    xmlFreeDoc(result);
    xmlFreeDoc(document);
    return text;
}

int main(int count, char **arguments) {
    if (count < 3) fail("usage: LibXSLTPeer STYLESHEET MESSAGE [NAME=VALUE...]");
    xmlInitParser();
    xsltStylesheetPtr stylesheet = xsltParseStylesheetFile((const xmlChar *)arguments[1]);
    if (!stylesheet) fail("the stylesheet cannot be read");
    int length = 0;
    char *bytes = contents(arguments[2], &length);

    // Pairs of names and XPath expressions, ended by a null pointer.
    const char **parameters = calloc((size_t)count * 2, sizeof *parameters);
    if (!parameters) fail("out of memory");
    for (int index = 3, at = 0; index < count; index++) {
        char *value = strchr(arguments[index], '=');
        if (!value) fail("a parameter is NAME=VALUE");
        *value++ = 0;
        char *quoted = malloc(strlen(value) + 3);
        if (!quoted) fail("out of memory");
        sprintf(quoted, "'%s'", value);
        parameters[at++] = arguments[index];
        parameters[at++] = quoted;
    }

    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (!parser) fail("out of memory");
    printf("libxslt %s\n", LIBXSLT_DOTTED_VERSION);
    fflush(stdout);
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        if (strncmp(line, "output", 6) == 0) {
            xmlChar *text = transform(stylesheet, parser, bytes, length, parameters);
            printf("%s\n", (const char *)text);
            xmlFree(text);
        } else {
            long times = atol(line);
            long long start = nanoseconds();
            for (long index = 0; index < times; index++) {
                xmlFree(transform(stylesheet, parser, bytes, length, parameters));
            }
            printf("%lld\n", nanoseconds() - start);
        }
        fflush(stdout);
    }
    return 0;
}
