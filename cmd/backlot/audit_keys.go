package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Types of PEM blocks.
const (
	privateKeyBlock = "PRIVATE KEY" // PKCS#8
	publicKeyBlock  = "PUBLIC KEY"  // PKIX
)

// makeKeys writes a new pair, the public key beside the private one, and
// returns where that is. Files that are there stay, and are an error.
func makeKeys(file string) (public string, err error) {
	publicKey, privateKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(privateKey)
	if err != nil {
		return "", err
	}
	public = file + ".pub"
	if _, err := os.Stat(public); err == nil {
		return "", fmt.Errorf("%s is there already", public)
	}
	if err := writeNew(file, pem.EncodeToMemory(&pem.Block{Type: privateKeyBlock, Bytes: der}), 0o600); err != nil {
		return "", err
	}
	return public, writeNew(public, encodePublicKey(publicKey), 0o644)
}

func encodePublicKey(key ed25519.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil { // every Ed25519 key can be written
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: publicKeyBlock, Bytes: der})
}

func readPrivateKey(file string) (ed25519.PrivateKey, error) {
	der, err := readPEM(file, privateKeyBlock)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if private, ok := key.(ed25519.PrivateKey); ok {
		return private, nil
	}
	return nil, errors.Join(fmt.Errorf("%s holds no Ed25519 private key; backlot audit keygen makes one", file), err)
}

func readPublicKey(file string) (ed25519.PublicKey, error) {
	der, err := readPEM(file, publicKeyBlock)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if public, ok := key.(ed25519.PublicKey); ok {
		return public, nil
	}
	return nil, errors.Join(fmt.Errorf("%s holds no Ed25519 public key", file), err)
}

func readPEM(file, blockType string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != blockType {
		return nil, fmt.Errorf("%s is not a PEM file with a %s", file, blockType)
	}
	return block.Bytes, nil
}

func writeNew(file string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// writeWhole replaces a file with another one, whole.
func writeWhole(file string, data []byte, mode os.FileMode) error {
	draft, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = draft.Write(data)
	err = errors.Join(err, draft.Chmod(mode), draft.Sync(), draft.Close())
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return nil
}
