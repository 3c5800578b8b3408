package main

import "strings"

// Parts of the body and illnesses that the FAQ says nothing of, for questions made
// to be refused.
var (
	otherParts = lines(`
lower back
knee
calf
hamstring
thigh
hip
groin
ankle
foot
toe
shin
glutes
buttock
tailbone
abdomen
stomach
jaw
eyelid
eye
throat
wrist
hand
finger
thumb
forearm
elbow
bicep
tricep
deltoid
rotator cuff
collarbone
chest
rib
scalp
forehead
ear
tongue
bladder
bowel
kidney
pelvis
achilles
heel
sole of my foot
quads
side of my neck
temple
nose
lip
diaphragm`)
	illnesses = lines(`
migraine
sciatica
scoliosis
gout
shingles
fibromyalgia
kidney stones
asthma
acne
a rash
eczema
hay fever
heartburn
a hernia
insomnia
tinnitus
vertigo
diabetes
anemia
a cold
the flu
tendonitis
plantar fasciitis
carpal tunnel
tennis elbow
shin splints
a sprained ankle
a concussion
osteoporosis
lupus
a stye
pink eye
a toothache
hiccups
hives
a sunburn
an itch
a mole
dandruff
hair loss
restless legs
a blood clot
high blood pressure
constipation
food poisoning
a bladder infection
period cramps
labour pains
gallstones
a stutter`)
)

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }
