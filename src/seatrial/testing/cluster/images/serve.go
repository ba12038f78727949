// A small program for test pods: serves /ready and / on a port, or asks an address once ("get URL"), or ends well ("ok").
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "get" {
		client := http.Client{Timeout: 3 * time.Second}
		answer, err := client.Get(os.Args[2])
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		body, _ := io.ReadAll(answer.Body)
		fmt.Print(answer.StatusCode, " ", string(body))
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "ok" {
		fmt.Println("done")
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "fail" {
		fmt.Println("failed as told")
		os.Exit(1)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() { <-stop; os.Exit(0) }()
	address := ":8080"
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		address = os.Args[2]
	}
	host, _ := os.Hostname()
	http.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello from", host) })
	if err := http.ListenAndServe(address, nil); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
