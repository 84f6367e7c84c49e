import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.xml.transform.stream.StreamSource;
import net.sf.saxon.s9api.Processor;
import net.sf.saxon.s9api.QName;
import net.sf.saxon.s9api.SaxonApiException;
import net.sf.saxon.s9api.Xslt30Transformer;
import net.sf.saxon.s9api.XdmAtomicValue;
import net.sf.saxon.s9api.XdmValue;

/**
 * SaxonPeer STYLESHEET MESSAGE [NAME=VALUE…]: applies a stylesheet, compiled once, to one message again and again.
 *
 * <p>It says its name when it is warm. Then each line of its input is a request: "output" is answered with what the
 * stylesheet makes of the message, a number N with the nanoseconds of CPU that N messages took, parsing included. That
 * is the time of the working thread: what the garbage collector and the compiler do in theirs is not counted.
 */
public final class SaxonPeer {
    private static final int WARM_UP = 15_000;

    private final Processor processor = new Processor(false);
    private final Xslt30Transformer transformer;
    private final byte[] message;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream(1 << 16);

    private SaxonPeer(String[] arguments) throws Exception {
        message = Files.readAllBytes(Path.of(arguments[1]));
        transformer = processor.newXsltCompiler().compile(new StreamSource(new File(arguments[0]))).load30();
        Map<QName, XdmValue> parameters = new HashMap<>();
        for (int index = 2; index < arguments.length; index++) {
            String[] parts = arguments[index].split("=", 2);
            parameters.put(new QName(parts[0]), new XdmAtomicValue(parts[1]));
        }
        transformer.setStylesheetParameters(parameters);
    }

    private void transform() throws SaxonApiException {
        output.reset();
        transformer.transform(new StreamSource(new ByteArrayInputStream(message)), processor.newSerializer(output));
    }

    public static void main(String[] arguments) throws Exception {
        SaxonPeer peer = new SaxonPeer(arguments);
        for (int index = 0; index < WARM_UP; index++) {
            peer.transform();
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        answers.println("Saxon-" + peer.processor.getSaxonEdition() + " " + peer.processor.getSaxonProductVersion());
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            if (line.equals("output")) {
                peer.transform();
                answers.println(peer.output.toString(StandardCharsets.UTF_8));
                continue;
            }
            int times = Integer.parseInt(line);
            long start = threads.getCurrentThreadCpuTime();
            for (int index = 0; index < times; index++) {
                peer.transform();
            }
            answers.println(threads.getCurrentThreadCpuTime() - start);
        }
    }
}
