// Asks for one creative and prints it as JSON: what README's snippet does, compiled and run by the tests.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	creative "adloom/creative/v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
)

func main() {
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	answer, err := creative.NewCreativeServiceClient(connection).SelectCreatives(ctx, &creative.SelectCreativesRequest{
		UserId:     "alice",
		Placements: []*creative.Placement{{PlacementId: "front", Format: "300x250"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(protojson.MarshalOptions{UseProtoNames: true}.Format(answer))
}
