// Package fakediscord is a small Discord on loopback. It speaks the REST API
// (v9 and v10), the gateway and signed HTTP interactions as Discord documents
// them, refuses what Discord refuses, and records every byte. Tests, the
// browser playground and the load bench talk to the real bot through it.
//
// A test makes a world, points the bot at it, acts as a person and looks at
// what the bot did:
//
//	srv, err := fakediscord.Start(fakediscord.Options{})
//	defer srv.Close()
//	// run the bot with DISCORD_API_URL=srv.URL() and DISCORD_TOKEN=srv.Token()
//
//	guild := srv.AddGuild("Back pain club")
//	alice := guild.AddMember("alice")
//	call, err := alice.Slash(guild.General(), "ask", fakediscord.Args{"question": "why does my back cramp?"})
//	answer, err := call.Message(ctx) // waits for it
//	more, err := alice.Press(answer, answer.Buttons()[0].CustomID)
//
// The parts of it:
//
//   - The world ([Server], [Guild], [Channel], [Role], [Person]): permissions
//     are computed, messages are remembered, ephemeral ones are seen by one
//     person only. [Server.Changes] tells a page what happens.
//   - People ([Person]) say, reply, use commands, complete options, press
//     buttons, choose and submit modals. Their client offers only what the bot
//     registered and what the message has; the rest is refused with
//     [ErrHidden]. [Person.Forge] and [Server.Dispatch] go around it.
//   - An [Interaction] waits for the bot: [Interaction.Response] is its first
//     response, [Interaction.Message] the message it shows,
//     [Interaction.Responses] all of it with edits and follow-ups.
//   - The recorder: [Server.Events], [Server.WaitFor] and [Server.WaitAfter],
//     which never sleep, and [Server.Record] for a transcript in JSON Lines.
//   - Faults: [Server.Next] and [Server.Inject] for the gateway,
//     [Server.Rewrite] for events, [Server.OnRequest] and [Channel.Refuse] for
//     requests, [Server.Revoke] for the token, [Server.PostSigned] for bad
//     signatures.
//
// It has only the routes that the bot calls. Any other is answered with 501 and
// its name, and [Server.Close] returns an error, so that the test that met it
// fails. It is stricter than Discord: a field of a request that Discord would
// ignore as unknown is refused, see the package form.
//
// Nothing of the bot and no Discord library is used here, so that no mistake
// is shared.
package fakediscord
