package finding

// The codes. Those that the portal's own inspection does not look for come from
// others over the API: CommercialBlacks, Telecine, LowVariance, OutOfSync.
const (
	IncorrectAssetType = "Incorrect Asset Type"
	FormatMismatch     = "Format Does Not Match Name"
	EmptyFile          = "Empty File"
	SizeMismatch       = "Size Mismatch"
	ChecksumMismatch   = "Checksum Mismatch"
	FileTooLarge       = "File Too Large"
	DamagedArchive     = "Damaged Archive"
	UnsafeArchive      = "Unsafe Archive"
	InspectionFailed   = "Inspection Failed"

	NotUTF8             = "Not UTF-8"
	MalformedTimedText  = "Malformed Timed Text"
	ForbiddenMarkup     = "Forbidden Markup"
	ExcessiveStructure  = "Excessive Structure"
	InvalidTime         = "Invalid Time Expression"
	TimeBaseConflict    = "Time Base Conflict"
	InvalidTimeBase     = "Invalid Time Base"
	MissingFrameRate    = "Missing Frame Rate"
	InvalidFrameRate    = "Invalid Frame Rate"
	DropModeConflict    = "Drop Mode Conflict"
	CueEndsBeforeBegin  = "Cue Ends Before It Begins"
	CueWithoutEnd       = "Cue Without End"
	CuesOutOfOrder      = "Cues Out of Order"
	OverlappingCues     = "Overlapping Cues"
	ImplausibleDuration = "Implausible Cue Duration"
	ImplausibleTime     = "Implausible Cue Time"
	EmptyCue            = "Empty Cue"
	NoCues              = "No Cues"
	CueNumbering        = "Cue Numbering"
	InvalidCueSetting   = "Invalid Cue Setting"
	LanguageMismatch    = "Language Mismatch"
	MissingLanguage     = "Missing Language"
	InvalidLanguage     = "Invalid Language Tag"
	UndefinedReference  = "Undefined Reference"
	DuplicateID         = "Duplicate Identifier"
	UnsupportedProfile  = "Unsupported Profile"
	ForcedMismatch      = "Forced Display Mismatch"

	MissingAssetMap     = "Missing Asset Map"
	MissingPackingList  = "Missing Packing List"
	MissingComposition  = "Missing Composition Playlist"
	MissingVolumeIndex  = "Missing Volume Index"
	MalformedIMF        = "Malformed IMF Document"
	MissingAsset        = "Missing Asset"
	UnlistedAsset       = "Unlisted Asset"
	UnsafePath          = "Unsafe Path"
	UnknownHash         = "Unknown Hash Algorithm"
	UnresolvedResource  = "Unresolved Resource"
	InvalidEditRate     = "Invalid Edit Rate"
	ResourceOutOfRange  = "Resource Out of Range"
	SequenceMismatch    = "Sequence Duration Mismatch"
	NoMainImage         = "No Main Image Sequence"
	NoStreams           = "No Streams"
	DecodeError         = "Decode Error"
	NoDuration          = "No Duration"
	MissingSound        = "Missing Sound"
	UnusualFrameRate    = "Unusual Frame Rate"
	VariableFrameRate   = "Variable Frame Rate"
	UnknownChannels     = "Unknown Channel Layout"
	CommercialBlacks    = "Commercial Blacks"
	Telecine            = "Telecine Detected"
	LowVariance         = "Low-Variance File"
	OutOfSync           = "Audio Out of Sync"
	DamagedImage        = "Damaged Image"
	ExcessiveDimensions = "Excessive Image Dimensions"
	ImageTooSmall       = "Image Too Small"
)

var types = []Type{
	{IncorrectAssetType, AnyFile, true, "The file is of another kind than the source type asks for.", "Deliver the asset that was asked for. If the request has the wrong source type, ask its operator to correct it first."},
	{FormatMismatch, AnyFile, true, "What the file holds is not what the end of its name says, or nothing that inspection knows for this source type.", "Export in a format of the delivery specification, and let the name end as that format's do."},
	{EmptyFile, AnyFile, true, "The file has no bytes.", "Export the asset again and look at its size before sending it."},
	{SizeMismatch, AnyFile, true, "The file does not have as many bytes as were declared for it.", "Send the file again, whole; a packing list with a wrong size has to be made again from the files."},
	{ChecksumMismatch, AnyFile, true, "The bytes of the file do not have the declared checksum.", "Send the file again. If the checksum differs once more, compute it anew from the file that is sent."},
	{FileTooLarge, AnyFile, true, "The file is larger than anything of its kind that inspection reads.", "Look what makes it so large; such a file is usually of another kind or made wrongly."},
	{DamagedArchive, AnyFile, true, "The ZIP archive cannot be read to its end.", "Make the archive again and test it before sending it; or send the files one by one."},
	{UnsafeArchive, AnyFile, true, "The ZIP archive names files outside of itself, names one twice, or claims sizes that no honest archive has.", "Make the archive from inside the package's folder, with an ordinary program and without links."},
	{InspectionFailed, AnyFile, false, "Inspection broke down over the file several times; that says nothing of the file.", "Have a person look at the file, and override this if it is good."},

	{NotUTF8, TimedText, true, "The text is not encoded as UTF-8.", "Export in UTF-8, without converting through another encoding."},
	{MalformedTimedText, TimedText, true, "The file breaks the rules of its format and cannot be read from there on.", "Mend the named place, or export again with a program that writes the format by its specification."},
	{ForbiddenMarkup, TimedText, true, "The file has a document type declaration or entities of its own, which timed text has no use for.", "Remove the declaration and write the characters themselves."},
	{ExcessiveStructure, TimedText, true, "Nesting, attributes, lines or cues are beyond anything that an honest file has.", "Export again; a file like this overwhelms players."},
	{InvalidTime, TimedText, true, "A time is not written as the format demands.", "Correct the time; the finding says what stands there."},
	{TimeBaseConflict, TimedText, true, "SMPTE and media time contradict each other, so that it is not known when cues appear.", "Use media time throughout, or declare SMPTE and write every time as a timecode."},
	{InvalidTimeBase, TimedText, true, "The file declares a time base that delivered timed text cannot have.", "Declare media time; clock time and unknown bases are not accepted."},
	{MissingFrameRate, TimedText, true, "Times count frames and the file does not say how many a second has.", "Declare the frame rate of the picture, with its multiplier for 23.976, 29.97 and 59.94."},
	{InvalidFrameRate, TimedText, true, "The declared frame rate or its multiplier is not one that pictures have.", "Declare 24, 25, 30, 48, 50 or 60, and the multiplier 1000 1001 where it applies."},
	{DropModeConflict, TimedText, false, "The drop-frame mode does not go with the frame rate or the time base.", "Drop frames at 29.97 and 59.94 only, with SMPTE time; leave the declaration out otherwise."},
	{CueEndsBeforeBegin, TimedText, true, "A cue ends at or before its beginning, so that it never shows.", "Correct the times of the cue."},
	{CueWithoutEnd, TimedText, true, "A cue has no end, so that it stays for ever.", "Give the cue an end or a duration."},
	{CuesOutOfOrder, TimedText, false, "A cue stands after one that begins later.", "Sort the cues by their beginning; some players skip those that come late."},
	{OverlappingCues, TimedText, false, "Two cues show at the same time in the same place.", "End the first cue before the second begins, or place them in different regions."},
	{ImplausibleDuration, TimedText, false, "A cue shows for a time too short to read or far longer than any line is spoken.", "Correct the times; override if a long cue is meant, as for a sign."},
	{ImplausibleTime, TimedText, false, "A cue lies beyond the length of any programme.", "Let the times begin with the programme; look for an offset or hours that came from the tape."},
	{EmptyCue, TimedText, false, "A cue has no text.", "Remove the cue or write its text."},
	{NoCues, TimedText, true, "The file has no cue at all.", "Export again and look into the file before sending it."},
	{CueNumbering, TimedText, false, "The cues are not numbered one after the other.", "Let the program number them anew; a gap often means that cues were lost."},
	{InvalidCueSetting, TimedText, false, "A setting of a cue is not one that the format knows, so that players ignore it.", "Correct or remove the setting, and look whether the cue shows where it should."},
	{LanguageMismatch, TimedText, false, "The language that the file declares is not the one of the request.", "Deliver the right language, or correct the declaration if only that is wrong."},
	{MissingLanguage, TimedText, false, "The file does not say which language it is in.", "Declare the language on the outermost element."},
	{InvalidLanguage, TimedText, false, "The declared language is not a tag that BCP 47 knows.", "Write a tag such as ko, es-419 or pt-BR."},
	{UndefinedReference, TimedText, true, "A region or style is used that the file does not define.", "Define it in the head, or refer to one that is there."},
	{DuplicateID, TimedText, true, "Two elements have the same identifier, so that a reference is not clear.", "Give each element an identifier of its own."},
	{UnsupportedProfile, TimedText, false, "The file declares a profile other than IMSC text, or shows pictures instead of text.", "Export in the text profile of IMSC 1 or 1.1."},
	{ForcedMismatch, TimedText, false, "What is marked for forced display does not go with the source type.", "Deliver forced cues as Forced Subs and whole dialogue as Subs, and mark them so."},

	{MissingAssetMap, IMF, true, "The package has no ASSETMAP.xml, so that nothing in it can be found.", "Send the package whole, with the asset map at its top."},
	{MissingPackingList, IMF, true, "The asset map names no packing list, or the one that it names was not delivered.", "Send the packing list and mark it in the asset map."},
	{MissingComposition, IMF, true, "The package has no composition playlist.", "Send the playlist and list it in the packing list."},
	{MissingVolumeIndex, IMF, false, "The package has no VOLINDEX.xml.", "Add it; override if the receiver does not need it."},
	{MalformedIMF, IMF, true, "A document of the package cannot be read, or lacks what it must have.", "Mend the named place, or make the package again with a program that follows SMPTE ST 2067 and ST 429-9."},
	{MissingAsset, IMF, true, "A file that the package lists was not delivered.", "Send the file under the path of the asset map."},
	{UnlistedAsset, IMF, false, "A delivered file is in neither the asset map nor the packing list.", "Remove it or list it; override if it is a note that came along."},
	{UnsafePath, IMF, true, "The asset map names a path that leads out of the package.", "Use paths below the asset map's own folder, without drives, backslashes or two dots."},
	{UnknownHash, IMF, true, "The packing list uses a hash algorithm that packages do not have.", "Use SHA-1, or SHA-256 where the specification allows it."},
	{UnresolvedResource, IMF, false, "The playlist uses a track file that the package does not have.", "Send the track file; override if this is a supplemental package whose original is there."},
	{InvalidEditRate, IMF, true, "An edit rate is missing, is no positive fraction or contradicts another one.", "Let the composition have the edit rate of its picture, and each resource that of its track file."},
	{ResourceOutOfRange, IMF, true, "A resource plays beyond the end of its track file, or nothing at all.", "Correct entry point and duration: together they are at most the intrinsic duration."},
	{SequenceMismatch, IMF, true, "Sequences of a segment are not equally long.", "Trim or fill the resources until each sequence lasts as long as the main image."},
	{NoMainImage, IMF, false, "No composition has a main image sequence.", "Send the composition with its picture; override if this is a supplemental package without one."},

	{NoStreams, VideoAudio, true, "The file holds neither picture nor sound that can be found.", "Export again and play the file before sending it."},
	{DecodeError, VideoAudio, true, "Picture or sound cannot be decoded.", "Export again from the master; a copy that was cut off has to be sent again."},
	{NoDuration, VideoAudio, true, "Picture or sound last for no time, or nothing says for how long.", "Export again; a recording that was not closed has no length."},
	{MissingSound, VideoAudio, false, "The file has picture and no sound.", "Deliver picture and sound in one file; override if the programme is silent."},
	{UnusualFrameRate, VideoAudio, false, "The frame rate is none that programmes have.", "Export at the native rate of the programme: 23.976 to 60."},
	{VariableFrameRate, VideoAudio, false, "Frames do not come at a constant rate.", "Export at a constant rate; screen recorders and telephones do not."},
	{UnknownChannels, VideoAudio, false, "The file does not say which channel of the sound is which, or has a number of channels that no layout has.", "Label the channels, or use mono, stereo, 5.1 or 7.1."},
	{CommercialBlacks, VideoAudio, false, "Black for more than two seconds, as for a break.", "Remove the black; override if it is a fade of the programme."},
	{Telecine, VideoAudio, false, "Frames repeat in the rhythm of a pulldown.", "Deliver the native rate; override if the material exists in no other way."},
	{LowVariance, VideoAudio, false, "Hardly anything changes in the picture or the sound.", "Look whether the right source was exported; override if it is meant."},
	{OutOfSync, VideoAudio, false, "Sound and picture are apart.", "Find whether it is an offset or a drift, and put the sound in place."},

	{DamagedImage, Artwork, true, "The image cannot be decoded.", "Export it again as PNG or JPEG."},
	{ExcessiveDimensions, Artwork, true, "The image claims dimensions that no artwork has.", "Export it again at the size of the specification."},
	{ImageTooSmall, Artwork, false, "The image has fewer pixels than artwork needs.", "Deliver the original and not a preview; override if nothing larger exists."},
}
