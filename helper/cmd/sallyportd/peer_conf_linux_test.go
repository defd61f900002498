package main

// peerConf is read by both, unchanged. Doors do not share ports unless that is the point.
const peerConf = `
[options]
  interface = veth0
[tcp]
  sequence = 7001,7002,7003
  tcpflags = syn
  command = echo tcp %IP% >> $PEER_OUT
[reverse]
  Sequence = 7003:TCP, 7002, 7001
  TCPFlags = SYN
  Start_Command = echo reverse %IP% >> $PEER_OUT
[any]
  sequence = 7101,7102
  command = echo any %IP% >> $PEER_OUT
[mixed]
  sequence = 7201:tcp,7202:udp,7203:tcp
  tcpflags = syn
  command = echo mixed %IP% >> $PEER_OUT
[udp]
  sequence = 7301:udp,7302:udp
  command = echo udp %IP% >> $PEER_OUT
[repeats]
  sequence = 7401,7401,7402,7401
  tcpflags = syn
  command = echo repeats %IP% >> $PEER_OUT
[one]
  sequence = 7501
  tcpflags = syn
  command = echo one %IP% >> $PEER_OUT
[short]
  sequence = 7601,7602
  timeout = 2
  tcpflags = syn
  command = echo short %IP% >> $PEER_OUT
[finnotack]
  sequence = 7701,7702
  tcpflags = fin,!ack
  command = echo finnotack %IP% >> $PEER_OUT
[synack]
  sequence = 7801,7802:udp
  tcpflags = syn,ack
  command = echo synack %IP% >> $PEER_OUT
[twinA]
  sequence = 7901,7902
  tcpflags = syn
  command = echo twinA %IP% >> $PEER_OUT
[twinB]
  sequence = 7901,7903
  tcpflags = syn
  command = echo twinB %IP% >> $PEER_OUT
[target]
  sequence = 8001,8002
  tcpflags = syn
  target = 198.51.100.9
  command = echo target %IP% >> $PEER_OUT
[target6]
  sequence = 8001,8003
  tcpflags = syn
  target = 2001:db8:1::9
  command = echo target6 %IP% >> $PEER_OUT
[six]
  sequence = 8101,8102
  tcpflags = syn
  command = echo four %IP% >> $PEER_OUT
  command_6 = echo six %IP% >> $PEER_OUT
[sixnothing]
  sequence = 8201,8202
  tcpflags = syn
  start_command = echo start %IP% >> $PEER_OUT
  start_command_6 =
  cmd_timeout = 1
  stop_command = echo stop %IP% >> $PEER_OUT
[stop]
  sequence = 8301,8302
  tcpflags = syn
  start_command = echo start %IP% >> $PEER_OUT; exit 3
  cmd_timeout = 1
  stop_command = echo stop %IP% >> $PEER_OUT
  stop_command_6 = echo stop6 %IP% >> $PEER_OUT
[nostart]
  sequence = 8401,8402
  tcpflags = syn
  cmd_timeout = 0
  stop_command = echo stop %IP% >> $PEER_OUT
[comment]
  sequence = 8501,8502 # a comment that knockd does not know
  seq_timeout = 10 # ten
  tcpflags = syn
  command = echo "%IP% comment" %IP% >> $PEER_OUT # of the shell
[long]
  sequence = 9001,9002,9003,9004,9005,9006,9007,9008,9009,9010,9011,9012,9013,9014,9015,9016,9017,9018,9019,9020,9021,9022,9023,9024,9025,9026,9027,9028,9029,9030,9031,9032
  tcpflags = syn
  command = echo long %IP% >> $PEER_OUT
`
