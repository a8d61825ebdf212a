import adloom.creative.v1.CreativeServiceGrpc;
import adloom.creative.v1.Placement;
import adloom.creative.v1.SelectCreativesRequest;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannelBuilder;
import java.util.concurrent.TimeUnit;

/** Asks for one creative and prints it as JSON. */
public class Select {
  public static void main(String[] arguments) throws Exception {
    var channel = ManagedChannelBuilder.forTarget(arguments[0]).usePlaintext().build();
    var creatives = CreativeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(2, TimeUnit.SECONDS);
    var answer =
        creatives.selectCreatives(
            SelectCreativesRequest.newBuilder()
                .setUserId("alice")
                .addPlacements(Placement.newBuilder().setPlacementId("front").setFormat("300x250"))
                .build());
    System.out.println(JsonFormat.printer().preservingProtoFieldNames().print(answer));
    channel.shutdownNow();
  }
}
