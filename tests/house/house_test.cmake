# The rules of the house must be able to fail: each runs over a tree that breaks it, and the answer
# is compared line by line. Called with -DHERE=this directory, -DSCRATCH=a directory to write to.
cmake_minimum_required(VERSION 3.25)

# Runs a rule over `tree`; it must fail and print exactly `expected` before its closing line.
function(must_refuse rule tree expected)
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${tree} -P ${HERE}/../${rule}.cmake
                  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(status EQUAL 0)
    message(FATAL_ERROR "${rule} accepts ${tree}")
  endif()
  string(REGEX REPLACE "CMake Error.*" "" findings "${output}")
  if(NOT findings STREQUAL expected)
    message(FATAL_ERROR "${rule} says\n${output}\ninstead of\n${expected}")
  endif()
endfunction()

must_refuse(floors ${HERE}/climbs
"drivers/coap/coap_source.cpp:4: drivers/coap may not include drivers/mqtt/mqtt_source.h (drivers/coap -> drivers/mqtt)
drivers/coap/coap_source.cpp:5: drivers/coap may not include ngsi_ld/serialize.h (drivers/coap -> ngsi_ld)
src/core/reading.h:5: core may not include outbox/outbox.h (core -> outbox)
src/core/reading.h:6: core may not include near.h (core -> main)
src/daemon/daemon.cpp:2: daemon may not include cli/command.h (daemon -> cli)
src/ingest/ingest.cpp:4: ingest may not include broker/forwarder.h (ingest -> broker)
src/ingest/ingest.cpp:5: ingest may not include drivers/mqtt/mqtt_source.h (ingest -> drivers/mqtt)
src/main.cpp:3: main may not include outbox/outbox.h (main -> outbox)
src/status/snapshot.h:3: status may not include broker/client.h (status -> broker)
")

file(REMOVE_RECURSE ${SCRATCH})
string(REPEAT "// a line\n" 300 longest)
file(WRITE ${SCRATCH}/src/room/longest.cpp "${longest}")
file(WRITE ${SCRATCH}/src/room/too_long.cpp "${longest}// one more; [and] a \"semicolon\"\n")
must_refuse(length ${SCRATCH} "src/room/too_long.cpp: 301 lines, 300 are allowed\n")
file(REMOVE_RECURSE ${SCRATCH})

must_refuse(floors ${SCRATCH} "")
